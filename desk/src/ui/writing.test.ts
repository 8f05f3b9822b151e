import { afterEach, beforeEach, expect, test } from 'vitest'

import { rewrite } from './writing'

let field: HTMLTextAreaElement
let heard: string[]
const commands: [string, string | undefined, number, number][] = []

beforeEach(() => {
  field = document.body.appendChild(document.createElement('textarea'))
  field.value = 'hola mundo'
  heard = []
  field.addEventListener('input', () => heard.push(field.value))
})
afterEach(() => {
  field.remove()
  commands.length = 0
  Reflect.deleteProperty(document, 'execCommand')
})

test('Z-21: what a button writes is what differs, by the way of typing', () => {
  document.execCommand = (name, _ui, value) => {
    commands.push([name, value, field.selectionStart, field.selectionEnd])
    return true
  }
  rewrite(field, 'hola **mundo**')
  rewrite(field, 'hola')
  rewrite(field, 'hola mundo')
  expect(commands).toEqual([
    ['insertText', '**mundo**', 5, 10],
    ['delete', undefined, 4, 10],
  ])
})

test('where a browser has no such way it is written all the same, and heard', () => {
  rewrite(field, 'hola **mundo**')
  expect(field.value).toBe('hola **mundo**')
  expect(heard).toEqual(['hola **mundo**'])
})
