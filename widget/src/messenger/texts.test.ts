import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { knownLanguage, t, use, type Words } from './texts'
import en from './words/en.json'
import es from './words/es.json'

const FOLDER = 'src/messenger/words'
const tags = readdirSync(FOLDER).map((name) => name.replace('.json', ''))
const catalogue = (tag: string): Words => JSON.parse(readFileSync(`${FOLDER}/${tag}.json`, 'utf8')) as Words
const holes = (sentence: string): string[] => (sentence.match(/\{\w+\}/g) ?? []).sort()
const formsOf = (said: Words[keyof Words]): Record<string, string> =>
  typeof said === 'object' ? (said as Record<string, string>) : { other: said }

test.each(tags)('%s says what English says, with the same values', (tag) => {
  const words = catalogue(tag)
  expect(Object.keys(words)).toEqual(Object.keys(en))
  for (const [key, said] of Object.entries(en) as [keyof Words, string | Record<string, string>][]) {
    // A language may tell "a la 1:00" from "a las 2:00" where English does not.
    if (typeof said === 'object') expect(typeof words[key], key).toBe('object')
    const wanted = holes(formsOf(said).other!)
    for (const [form, sentence] of Object.entries(formsOf(words[key]))) {
      expect(sentence.trim(), key).toBe(sentence)
      expect(sentence, key).not.toBe('')
      expect(sentence, key).not.toMatch(/[!¡]/)
      // "one" may say the number in a word.
      const found = holes(sentence)
      if (/zero|one|two/.test(form)) expect(wanted, `${key} ${form}`).toEqual(expect.arrayContaining(found))
      else expect(found, `${key} ${form}`).toEqual(wanted)
    }
  }
})

test.each(tags)('%s has the plural forms its language has', (tag) => {
  // "many" of es, fr, it, pt and ca is for millions, which no one has unread.
  const needed = new Set([0, 1, 2, 3, 7, 11, 20, 99, 100, 102].map((n) => new Intl.PluralRules(tag).select(n)))
  for (const [key, said] of Object.entries(catalogue(tag))) {
    if (typeof said === 'object') expect(Object.keys(said).sort(), key).toEqual([...needed].sort())
  }
})

test.each([
  ['es-MX', 'es'],
  ['en_US', 'en'],
  ['PT_BR', 'pt-BR'],
  ['pt-AO', 'pt'],
  ['tlh', undefined],
  ['', undefined],
])('the locale %s is spoken as %s', (locale, language) => {
  expect(knownLanguage(locale)).toBe(language)
})

test('language and direction come from the words themselves', () => {
  use('ar', { ...(en as Words), dir: 'rtl' })
  expect([document.documentElement.dir, document.documentElement.lang]).toEqual(['rtl', 'ar'])
  use('en', en as Words)
  expect([document.documentElement.dir, document.documentElement.lang]).toEqual(['ltr', 'en'])
  expect(t('says', { name: 'Ana' })).toBe('Ana says')
})

test('a name in another script keeps its direction inside a sentence', () => {
  use('es', es as Words)
  expect(t('typing', { name: 'ليلى' })).toBe('\u2068ليلى\u2069 está escribiendo')
})

test('the number chooses the form', () => {
  use('es', es as Words)
  expect(t('unread', { count: 1 })).toBe('Abrir chat, 1 mensaje sin leer')
  expect(t('unread', { count: 12 })).toBe('Abrir chat, 12 mensajes sin leer')
})
