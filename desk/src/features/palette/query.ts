// What is typed into the palette, and where it stands in what was found.

export type Kind = 'all' | 'acts' | 'people' | 'number'
const SIGNS: Record<string, Kind> = { '>': 'acts', '@': 'people', '#': 'number' }

/** A sign at the front narrows: `>` to acts, `@` to people, `#` to the conversation of that number. */
export function readQuery(typed: string): { kind: Kind; text: string } {
  const kind = SIGNS[typed.trimStart()[0] ?? '']
  return kind ? { kind, text: typed.trimStart().slice(1).trim() } : { kind: 'all', text: typed.trim() }
}

export interface Part {
  text: string
  hit: boolean
}
const bare = (sign: string): string =>
  sign
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()

/** The text cut where `wanted` stands in it, without regard to accents and case. */
export function marked(text: string, wanted: string): Part[] {
  const needle = bare(wanted.trim())
  if (!needle) return [{ text, hit: false }]
  // Which sign of the text each bare sign comes from: one may become none, or several.
  let folded = ''
  const from: number[] = []
  let at = 0
  for (const sign of text) {
    for (const one of bare(sign)) {
      folded += one
      for (let unit = 0; unit < one.length; unit += 1) from.push(at)
    }
    at += sign.length
  }
  const found = folded.indexOf(needle)
  if (found < 0) return [{ text, hit: false }]
  const start = from[found] ?? 0
  const end = from[found + needle.length] ?? text.length
  return [
    { text: text.slice(0, start), hit: false },
    { text: text.slice(start, end), hit: true },
    { text: text.slice(end), hit: false },
  ].filter((part) => part.text)
}

const BEFORE = 40
/** The text from a little before the first hit on, so that a row which is cut still shows it. */
export function aroundHit(text: string, wanted: string): string {
  const [first, second] = marked(text, wanted)
  if (!first || first.hit || !second || first.text.length <= BEFORE + 20) return text.slice(0, 200)
  const from = first.text.lastIndexOf(' ', first.text.length - BEFORE) + 1
  return `…${text.slice(from, from + 200)}`
}
