// @vitest-environment jsdom
// The cleaner relies on a DOM that parses as browsers do.
import { describe, expect, it } from 'vitest'

import { aMessage } from '@/stores/samples'

import { hasRemotePictures, mailOf, mailPage, readAddresses } from './mail'

const options = { pictures: false, attachments: [], dark: false }

describe('Z-25 a mail in the desk', () => {
  it('cannot run anything', () => {
    const page = mailPage('<p onclick="x()">hola</p><script>alert(1)</script><img src=x onerror=alert(1)><form action="/"><input></form><iframe src="//x"></iframe>', options)
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

  it('is only what came by mail', () => {
    expect(mailOf(aMessage())).toBeUndefined()
    expect(mailOf(aMessage({ content_attributes: { email: { from: ['a@b.cl'], subject: 'Hola' } } }))?.subject).toBe('Hola')
  })

  it('reads copies as people type them', () => {
    expect(readAddresses('a@b.cl, c@d.cl;e@f.cl').addresses).toHaveLength(3)
    expect(readAddresses('a@b.cl, nadie').wrong).toBe('nadie')
  })
})
