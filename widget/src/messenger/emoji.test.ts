import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { found } from './emoji'

const names = (tag: string): Record<string, string> =>
  JSON.parse(readFileSync(`src/messenger/emoji/${tag}.json`, 'utf8')) as Record<string, string>

test.each([
  ['es', 'corazón', '❤'],
  ['es', 'CORAZON', '❤'],
  ['fr', 'feu', '🔥'],
  ['de', 'herz', '❤'],
  ['eu', 'bihotz', '❤'],
  ['ca', 'gat', '🐱'],
  ['ar', 'قلب', '❤'],
])('in %s "%s" finds %s', (tag, question, emoji) => {
  expect(found(names(tag), question)).toContain(emoji)
})

test('without a question all are there, and nonsense finds none', () => {
  expect(found(names('es'), '').length).toBeGreaterThan(150)
  expect(found(names('es'), 'xyzzy')).toEqual([])
})
