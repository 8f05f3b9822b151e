// @vitest-environment jsdom
// The cleaner relies on a DOM that parses as browsers do.
import { describe, expect, it } from 'vitest'

import { renderMarkdown } from './rendered'

describe('what a message says as HTML', () => {
  it.each([
    ['10*20*30', '10*20*30'],
    ['2**10**3', '2**10**3'],
    ['a **b** c*d*e', 'a <strong>b</strong> c<em>d</em>e'],
    ['`1*2*3`', '<code>1*2*3</code>'],
  ])('a sign between digits is no mark: %s', (text, html) => {
    expect(renderMarkdown(text).trim()).toBe(`<p dir="auto">${html}</p>`)
  })

  it('a list goes on at its number, and a link leaves the desk where it is', () => {
    expect(renderMarkdown('3. tres\n4. cuatro')).toContain('<ol start="3"')
    expect(renderMarkdown('[x](https://a.example)')).toMatch(
      /<a[^>]* target="_blank" rel="noopener noreferrer nofollow"/,
    )
  })

  it('Z-34 every block runs the way of its own words', () => {
    const page = new DOMParser().parseFromString(renderMarkdown('Hola\n\nשלום\n\n- مرحبا\n\n> سلام'), 'text/html')
    const blocks = [...page.querySelectorAll('p, ul, blockquote')]
    expect(blocks.length).toBe(5)
    expect(blocks.every((one) => one.getAttribute('dir') === 'auto')).toBe(true)
  })
})
