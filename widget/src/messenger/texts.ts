/**
 * The words of the messenger. Each language is a catalogue of its own, loaded when it is spoken; it also says which way
 * it is written, so that language and direction cannot disagree.
 */
import type english from './words/en.json'

export type Key = Exclude<keyof typeof english, 'dir'>
/** A sentence, or its plural forms by the names of CLDR (`Intl.PluralRules`); "other" is always there. */
type Sentence = string | Partial<Record<Intl.LDMLPluralRule, string>>
export type Words = Record<Key, Sentence> & { dir: string }

const ADDRESSES = import.meta.glob<string>('./words/*.json', { query: '?url', import: 'default', eager: true })
const AGAIN_MS = 2000
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/

const addressOf = (tag: string): string | undefined => ADDRESSES[`./words/${tag}.json`]
export const languages = Object.keys(ADDRESSES).map((path) => path.slice(8, -5))

let words = {} as Words
let language = 'en'
let plural = new Intl.PluralRules('en')
let wish = 0

/** The language of ours for "es-MX", "pt_br" or "fr": with its region if we have that, else without; or undefined. */
export function knownLanguage(tag: string): string | undefined {
  const [base = '', region = ''] = tag.toLowerCase().split(/[-_]/)
  return [`${base}-${region}`, base].flatMap((one) => languages.filter((known) => known.toLowerCase() === one))[0]
}

/** Use these words from now on; the document's language and direction follow. */
export function use(tag: string, catalogue: Words): void {
  words = catalogue
  language = tag
  plural = new Intl.PluralRules(tag)
  document.documentElement.lang = tag
  document.documentElement.dir = catalogue.dir
}

/** Speak `tag`, one of ours, as soon as its words are here; of several wishes the last counts. */
export async function speak(tag: string): Promise<void> {
  const mine = ++wish
  for (;;) {
    try {
      const catalogue = (await (await fetch(addressOf(tag)!)).json()) as Words
      if (mine === wish) use(tag, catalogue)
      return
    } catch {
      await new Promise((done) => setTimeout(done, AGAIN_MS))
    }
  }
}

export const spoken = (): string => language
/** The same for `Intl`, with the digits of all our sentences. */
export const intl = (): string => `${language}-u-nu-latn`

/** What people wrote keeps its own direction inside a sentence of ours (UAX #9, isolates). */
function isolated(value: string | number): string {
  const text = String(value)
  return words.dir === 'rtl' || RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text
}

/** The sentence of `key`, with `{name}` replaced; `count` chooses the plural form. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  const said = words[key]
  const sentence = typeof said === 'object' ? (said[plural.select(Number(values.count))] ?? said.other!) : said
  return sentence.replace(/\{(\w+)\}/g, (all, name: string) => isolated(values[name] ?? all))
}
