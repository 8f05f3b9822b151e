import { render } from 'preact'
import { expect, test } from 'vitest'
import { linked, markdown } from './markdown'

function html(source: string): string {
  const box = document.createElement('div')
  render(<>{markdown(source)}</>, box)
  return box.innerHTML
}

test('bold, italic, struck, code and nested marks', () => {
  expect(html('**a** *b* __c__ _d_ ~~e~~ `f`')).toBe(
    '<p><strong>a</strong> <em>b</em> <strong>c</strong> <em>d</em> <s>e</s> <code>f</code></p>',
  )
  expect(html('**a *b***')).toContain('<strong>')
  expect(html('snake_case_name 2*3*4 ñ_o_ (_sí_)')).toBe('<p>snake_case_name 2*3*4 ñ_o_ (<em>sí</em>)</p>')
})

test('lists, ordered lists, quotes and fences', () => {
  expect(html('uno\n- a\n- b\n\n3. c\n4. d')).toBe(
    '<p>uno</p><ul><li>a</li><li>b</li></ul><ol start="3"><li>c</li><li>d</li></ol>',
  )
  expect(html('> cita\n\n```\n**x**\n```')).toBe('<blockquote>cita</blockquote><pre>**x**</pre>')
})

test('nothing a message says becomes markup, and only safe links are links', () => {
  expect(html('<img src=x onerror=alert(1)>')).toBe(
    '<p>&lt;img src=x onerror=alert(1)&gt;</p>'.replace(/&gt;/g, html('<b>').includes('&gt;') ? '&gt;' : '>'),
  )
  expect(html('[x](javascript:alert(1))')).not.toContain('href')
  expect(html('[x](data:text/html,y)')).not.toContain('href')
  const safe = html('[tienda](https://example.com/a)')
  expect(safe).toContain('href="https://example.com/a"')
  expect(safe).toContain('rel="noopener noreferrer nofollow"')
})

test("a bare link leaves the sentence's full stop outside", () => {
  expect(html('Mira https://example.com/a.')).toMatch(/>https:\/\/example.com\/a<\/a>\.<\/p>$/)
  const box = document.createElement('div')
  render(<>{linked('ve **a** https://example.com, ya')}</>, box)
  expect(box.textContent).toBe('ve **a** https://example.com, ya')
  expect(box.querySelectorAll('a,strong')).toHaveLength(1)
})

test.each([
  ['http://a.example/_b_(c)', 'http://a.example/_b_(c)', ''],
  ['https://es.wikipedia.org/wiki/Torno_(alfarería)).', 'https://es.wikipedia.org/wiki/Torno_(alfarería)', ').'],
  ['https://a.example/x[1]', 'https://a.example/x[1]', ''],
  ['https://a.example/x]', 'https://a.example/x', ']'],
  ['https://a.example/(a)(b)!)', 'https://a.example/(a)(b)', '!)'],
  ['https://a.example/q?a=(1,2),', 'https://a.example/q?a=(1,2)', ','],
])('the link in %s ends where its brackets are balanced', (text, href, rest) => {
  for (const drawn of [markdown(text), linked(text)]) {
    const box = document.createElement('div')
    render(<>{drawn}</>, box)
    expect(box.querySelector('a')?.getAttribute('href')).toBe(href)
    expect(box.textContent).toBe(href + rest)
  }
})

test('a link with a label may hold brackets', () => {
  expect(html('[torno](https://a.example/wiki/Torno_(x)).')).toContain('href="https://a.example/wiki/Torno_(x)"')
})

test('a long hostile text is read in no time', () => {
  // Work, not the clock: a busy machine is no slow text.
  const start = process.cpuUsage()
  html('*'.repeat(5000) + '_'.repeat(5000) + '['.repeat(5000))
  html('https://a.example/' + ')'.repeat(20_000))
  html('[a]((('.repeat(1000))
  html(('**a* '.repeat(2000) + '\n').repeat(3))
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(2000)
})

test('signs that were typed stay signs', () => {
  const box = document.createElement('div')
  const typed =
    '\\# **no** \\*sí\\* 10\\*20\\*30 \\_x\\_ \\[nota](b) \\`y\\` \\~\\~z\\~\\~ *a \\* b* [\\]](https://a.cl)\n\\- pan\n1\\. uno\n\\> 5 kg'
  render(<>{markdown(typed)}</>, box)
  expect(box.textContent).toBe('# no *sí* 10*20*30 _x_ [nota](b) `y` ~~z~~ a * b ]\n- pan\n1. uno\n> 5 kg')
  expect([...box.querySelectorAll('*')].map((one) => one.tagName)).toEqual(['P', 'STRONG', 'EM', 'A'])
})
