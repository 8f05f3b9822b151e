import { expect, test } from 'vitest'
import { catalogues, pickLanguage, speak, t } from './texts'

const holes = (sentence: string): string[] => (sentence.match(/\{\w+\}/g) ?? []).sort()

test('Spanish and English say the same things with the same values', () => {
  const { es, en } = catalogues as Record<string, Record<string, string>>
  expect(Object.keys(en!).sort()).toEqual(Object.keys(es!).sort())
  for (const key of Object.keys(es!)) {
    expect(holes(en![key]!), key).toEqual(holes(es![key]!))
    expect(es![key]!, key).not.toMatch(/[!¡]/)
    expect(en![key]!, key).not.toMatch(/!/)
  }
})

test("a locale falls back to its language, then to the account's, then to English", () => {
  expect(pickLanguage('es-MX', 'en')).toBe('es')
  expect(pickLanguage('en_US', 'es')).toBe('en')
  expect(pickLanguage('fr', 'es')).toBe('es')
  expect(pickLanguage('', 'de')).toBe('en')
})

test("the page's language and direction follow the locale", () => {
  speak('ar', 'es')
  expect([document.documentElement.dir, document.documentElement.lang]).toEqual(['rtl', 'es'])
  speak('en', 'es')
  expect([document.documentElement.dir, document.documentElement.lang]).toEqual(['ltr', 'en'])
  expect(t('says', { name: 'Ana' })).toBe('Ana says')
})
