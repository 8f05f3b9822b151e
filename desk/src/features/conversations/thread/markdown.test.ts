// @vitest-environment jsdom
// The cleaner relies on a DOM that parses as browsers do.
import { describe, expect, it } from 'vitest'

import { plainLine } from '@/ui/text'

import { insert, putLink, toggleLines, toggleMark, triggerAt } from './markdown'
import { renderMarkdown } from './rendered'

describe('R-05 Markdown is drawn safely', () => {
  it('bold, italic, lists and links', () => {
    expect(renderMarkdown('**a** *b*')).toContain('<strong>a</strong> <em>b</em>')
    expect(renderMarkdown('- a\n- b')).toContain('<li>a</li>')
    expect(renderMarkdown('[x](https://example.com)')).toContain('href="https://example.com"')
  })

  it('never runs what a customer wrote', () => {
    for (const attack of [
      '<img src=x onerror=alert(1)>',
      '[x](javascript:alert(1))',
      '<script>alert(1)</script>',
      '[x](data:text/html,1)',
      '"><svg onload=alert(1)>',
    ]) {
      const html = renderMarkdown(attack)
      expect(html).not.toMatch(/<(img|script|svg)/i)
      expect(html).not.toMatch(/href="(javascript|data):/i)
    }
  })

  it('N-04 a mention is a word, not an address', () => {
    const html = renderMarkdown('[@Ana](mention://user/3/Ana)')
    expect(html).toContain('class="ment"')
    expect(html).not.toContain('mention://')
    expect(html).not.toContain('href')
    expect(renderMarkdown('[@Ana](mention://user/3/Ana) y [x](https://a.cl)')).toMatch(
      /<span class="ment">@Ana<\/span> y <a [^>]*href="https:\/\/a.cl"/,
    )
  })
})

describe('Z-33 signs that were typed', () => {
  const typed = '\\# **no** \\*sí\\* \\_x\\_ \\[nota](b) \\`y\\` \\~\\~z\\~\\~\n\\- pan\n1\\. uno'
  it('are signs in the thread', () => {
    const box = document.createElement('div')
    box.innerHTML = renderMarkdown(typed)
    expect(box.textContent?.trim()).toBe('# no *sí* _x_ [nota](b) `y` ~~z~~\n- pan\n1. uno')
    expect(box.querySelectorAll('strong, em, li, h1, code, s')).toHaveLength(1)
  })
  it('and in lists and notices', () => expect(plainLine(typed)).toBe('# no *sí* _x_ [nota](b) `y` ~~z~~ - pan 1. uno'))
})

describe('R-06 R-07 R-08 the composer writes Markdown', () => {
  it('marks toggle', () => {
    const bold = toggleMark({ text: 'hola mundo', start: 0, end: 4 }, '**')
    expect(bold.text).toBe('**hola** mundo')
    expect(toggleMark(bold, '**').text).toBe('hola mundo')
    expect(toggleMark({ text: '**hola**', start: 0, end: 8 }, '**').text).toBe('hola')
  })
  it('links go on the chosen words', () => {
    expect(putLink({ text: 'ver aquí', start: 4, end: 8 }, 'https://a.cl').text).toBe('ver [aquí](https://a.cl)')
  })
  it('lists begin every line', () => {
    const list = toggleLines({ text: 'a\nb', start: 0, end: 3 }, '- ')
    expect(list.text).toBe('- a\n- b')
    expect(toggleLines(list, '- ').text).toBe('a\nb')
    const counted = toggleLines({ text: 'a\nb', start: 0, end: 3 }, '1. ')
    expect(counted.text).toBe('1. a\n2. b')
    expect(toggleLines(counted, '1. ').text).toBe('a\nb')
  })
  it('an emoji stands at the caret', () => {
    expect(insert({ text: 'ab', start: 1, end: 1 }, '🙂')).toEqual({ text: 'a🙂b', start: 3, end: 3 })
  })
  it('R-10 knows what the caret stands in', () => {
    expect(triggerAt('hola /re', 8)).toEqual({ sign: '/', query: 're', from: 5 })
    expect(triggerAt('a@b', 3)).toBeUndefined()
    expect(triggerAt('@an', 3)).toEqual({ sign: '@', query: 'an', from: 0 })
    expect(triggerAt('son las 10:30', 13)).toBeUndefined()
  })
  it('a list shows words, not marks', () =>
    expect(plainLine('**Hola** [aquí](https://a)\nadiós')).toBe('Hola aquí adiós'))
  it('a list keeps the numbers that people wrote', () => {
    expect(plainLine('2 tazas')).toBe('2 tazas')
    expect(plainLine('12.50 €')).toBe('12.50 €')
    expect(plainLine('- uno\n- dos')).toBe('uno dos')
  })
})
