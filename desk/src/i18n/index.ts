// Both languages from the first screen. One file per feature and language; a test holds their keys together.
import { createI18n } from 'vue-i18n'

export type Locale = 'es' | 'en'
export const LOCALES: Locale[] = ['es', 'en']

interface Messages {
  [key: string]: string | Messages
}
const spanish = import.meta.glob<Messages>(['./es/*.json', '!./es/*.late.json'], { eager: true, import: 'default' })
// Words of screens that few open: they come with the screen.
const late = import.meta.glob<Messages>('./es/*.late.json', { import: 'default' })
const english = import.meta.glob<Messages>('./en/*.json', { import: 'default' })

const merged = (files: Messages[]): Messages => Object.assign({}, ...files) as Messages

const first: { [key in Locale]?: Messages } = { es: merged(Object.values(spanish)) }
export const i18n = createI18n({
  legacy: false,
  locale: 'es' as Locale,
  fallbackLocale: 'es',
  messages: first,
  missingWarn: false,
  fallbackWarn: false,
})

/**
 * A sentence with nothing to fill in is the same at every look, so it is asked for once in each language: a screen says
 * hundreds of them each time it is drawn anew, and each full answer costs a compilation's look-up, a key and a tracker.
 */
const known = new Map<string, string>()
function rememberPlainSentences(composer: { t: unknown; locale: { value: string } }): void {
  const ask = composer.t as (key: unknown, ...rest: unknown[]) => string
  let language = ''
  composer.t = (key: unknown, ...rest: unknown[]): string => {
    const current = composer.locale.value // read each time: whoever shows the sentence follows the language
    if (rest.length > 0 || typeof key !== 'string') return ask(key, ...rest)
    if (current !== language) {
      known.clear()
      language = current
    }
    let text = known.get(key)
    if (text === undefined) {
      text = ask(key)
      known.set(key, text)
    }
    return text
  }
}
rememberPlainSentences(i18n.global)

/** Spanish is in the first load; English is fetched when it is asked for. */
export async function setLocale(locale: Locale): Promise<void> {
  if (locale === 'en' && !i18n.global.availableLocales.includes('en')) {
    const loaded = await Promise.all(Object.values(english).map((load) => load()))
    i18n.global.setLocaleMessage('en', merged(loaded))
  }
  i18n.global.locale.value = locale
  document.documentElement.lang = locale
  try {
    localStorage.setItem('locale', locale)
  } catch {
    // Private windows may forbid it; the server remembers it for who is signed in.
  }
}

/** A screen with the words of its own catalogues, `<name>.late.json`; English has all of them already when it is spoken. */
export async function withWords<T>(names: string | string[], screen: () => Promise<T>): Promise<T> {
  const [shown, ...words] = await Promise.all([
    screen(),
    ...[names].flat().map((name) => late[`./es/${name}.late.json`]?.()),
  ])
  for (const some of words) if (some) i18n.global.mergeLocaleMessage('es', some)
  known.clear()
  return shown
}

export function firstLocale(offered: string): Locale {
  let kept = ''
  try {
    kept = localStorage.getItem('locale') ?? ''
  } catch {
    // As above.
  }
  for (const candidate of [kept, offered, ...navigator.languages]) {
    const base = candidate.slice(0, 2).toLowerCase()
    if (base === 'es' || base === 'en') return base
  }
  return 'es'
}

/** Outside components. */
type Say = (key: string, values?: Record<string, unknown>) => string
const composer: { t: Say; te: (key: string) => boolean } = i18n.global
export const t: Say = (key, values) => (values === undefined ? composer.t(key) : composer.t(key, values))
/** Whether there is a sentence for it. */
export const knows = (key: string): boolean => composer.te(key)
