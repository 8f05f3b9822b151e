// @vitest-environment jsdom
// The cleaner relies on a DOM that parses as browsers do.
import { describe, expect, it } from 'vitest'

import { aMessage } from '@/testing/samples'

import { cleanMail, hasRemotePictures, mailOf, mailPage } from './mail'

const options = { pictures: false, attachments: [], dark: false }

describe('Z-25 a mail in the desk', () => {
  it('cannot run anything', () => {
    const page = mailPage(
      '<p onclick="x()">hola</p><script>alert(1)</script><img src=x onerror=alert(1)>' +
        '<form action="/"><input></form><iframe src="//x"></iframe>',
      options,
    )
    expect(page).toContain('hola')
    expect(page).not.toMatch(/<script|onerror|onclick|<form|<iframe/i)
    expect(page).toContain("default-src 'none'")
  })

  it('loads no remote picture until it is asked to', () => {
    const html = '<img src="https://tracker.example/p.gif">'
    expect(hasRemotePictures(html)).toBe(true)
    expect(mailPage(html, options)).not.toMatch(/img-src[^;"]*https:/)
    expect(mailPage(html, { ...options, pictures: true })).toMatch(/img-src[^;"]*https:/)
  })

  it('is asked about pictures in the time of its length', () => {
    const began = performance.now()
    expect(hasRemotePictures('<img '.repeat(400_000))).toBe(false)
    expect(hasRemotePictures(`<img ${'src '.repeat(400_000)}`)).toBe(false)
    expect(hasRemotePictures(`<img ${'src='.repeat(100_000)} ${' '.repeat(100_000)}`)).toBe(false)
    expect(performance.now() - began).toBeLessThan(3000)
  })

  it.each([
    'https:tracker.example/p.gif',
    'https:\\\\tracker.example/p.gif',
    '//tracker.example/p.gif',
    ' HTTP://tracker.example',
  ])('knows the remote picture %s', (source) => {
    expect(hasRemotePictures(`<p>a<img alt="x" src="${source}">`)).toBe(true)
    expect(hasRemotePictures(`<img src=${source.trim()}>`)).toBe(true)
  })

  it('is only what came by mail', () => {
    expect(mailOf(aMessage())).toBeUndefined()
    expect(mailOf(aMessage({ content_attributes: { email: { from: ['a@b.cl'], subject: 'Hola' } } }))?.subject).toBe(
      'Hola',
    )
  })

  it('is its text when its markup would freeze the window', () => {
    const htmlOf = (full: string) =>
      mailOf(aMessage({ content_attributes: { email: { html_content: { full } } } }))?.html
    expect(htmlOf('<b><i><font><p>hola'.repeat(2000))).toBe('')
    const tidy = '<p><b>hola</b> <a href="https://a.example">x</a></p>'.repeat(2000)
    expect(htmlOf(tidy)).toBe(tidy)
  })

  it('shows the pictures inside it from our own files', () => {
    const attachments = [
      { id: 1, message_id: 1, account_id: 1, file_type: 'image', content_id: 'b@x', data_url: '/b.png' },
      { id: 2, message_id: 1, account_id: 1, file_type: 'image', content_id: 'a@x', data_url: '/a.png' },
    ] as never
    expect(cleanMail('<img src="cid:a%40x">', attachments)).toContain('src="/a.png"')
    expect(cleanMail('<img src="cid:none">', attachments)).not.toContain('.png')
  })
})
