// Comparing text as people do: without accents and case.

export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .trim()
}

export function bytes(count: number, locale = 'es'): string {
  const units = ['B', 'KB', 'MB', 'GB']
  let value = count
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value.toLocaleString(locale, { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 })} ${units[unit]}`
}

/** A sign behind a backslash is itself; it is put aside while marks are taken away. */
const SIGN = /\\([!-/:-@[-`{-~])/g
const aside = (_whole: string, sign: string): string => String.fromCharCode(0xe000 + sign.charCodeAt(0))
const back = (sign: string): string => String.fromCharCode(sign.charCodeAt(0) - 0xe000)

/** One line for a list: marks away, links as their text. */
export function plainLine(text: string): string {
  return text
    .replace(SIGN, aside)
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(\*\*|__|~~|`)/g, '')
    .replace(/^\s*(?:>\s*|#{1,6}\s+|[-*+]\s+|\d+[.)]\s+)+(?=\S)/gm, '')
    .replace(/[\ue021-\ue07e]/g, back)
    .replace(/\s+/g, ' ')
    .trim()
}
