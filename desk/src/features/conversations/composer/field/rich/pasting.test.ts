// @vitest-environment jsdom
import { readFileSync } from 'node:fs'

import { DOMParser as FromDom } from 'prosemirror-model'
import { describe, expect, it } from 'vitest'

import { cleanHtml } from './pasting'
import { schema } from './schema'
import { writeDocument } from './writing'

function pasted(html: string): string {
  const body = new DOMParser().parseFromString(cleanHtml(html), 'text/html').body
  return writeDocument(FromDom.fromSchema(schema).parse(body))
}
const clipboard = (name: string): string => pasted(readFileSync(`../e2e/clipboards/${name}.html`, 'utf8'))

describe('Z-33 what is pasted comes out clean', () => {
  it('of Word: marks and lists, without its looks and hidden words', () =>
    expect(clipboard('word')).toBe(
      'Estimada **Camila**:\n\nEstos son los pasos:\n\n- Abrir la caja\n- Leer la *guía*\n\nGracias',
    ))
  it('of Gmail: its lines', () =>
    expect(clipboard('gmail')).toBe('Hola, **Lucía**:\nEl pedido llegó **roto**.\n\nSaludos'))
  it('of a spreadsheet: its rows', () => expect(clipboard('sheets')).toBe('Producto | Precio\nTaza | 4.990'))
  it('of a page: nothing that runs, no address that is none', () =>
    expect(
      pasted(
        '<h2>Título</h2><a href="javascript:alert(1)">x</a><a href="https://a.cl">y</a><script>1</script><img src=x onerror=1>',
      ),
    ).toBe('**Título**\n\nx[y](https://a.cl)'))
  it('of Google Docs: a bold that is none', () =>
    expect(
      pasted(
        '<b style="font-weight:normal;"><p><span style="font-weight:400">a </span><span style="font-weight:700">b</span></p></b>',
      ),
    ).toBe('a **b**'))
})
