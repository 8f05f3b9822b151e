// Initials and a colour that stay the same for the same person.

const PARTICLES = new Set(['de', 'del', 'la', 'las', 'los', 'y', 'da', 'do', 'dos', 'van', 'von', 'der', 'di', 'el'])

export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  if (words.length === 0) return '?'
  if (/^[+\d]/.test(words[0] ?? '')) return (words[0] ?? '').slice(0, 3)
  const first = words[0]?.[0] ?? ''
  // The word after the first: Spanish people are called by their first surname, and it comes second or third.
  const names = words.filter((word) => !PARTICLES.has(word.toLowerCase()))
  const last = names.length > 1 ? (names[names.length > 3 ? names.length - 2 : 1]?.[0] ?? '') : (words[0]?.[1] ?? '')
  return (first + last).toUpperCase()
}

/** One of the eight tints, by the name. */
export function tint(name: string): string {
  let sum = 0
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0
  return `a${(sum % 8) + 1}`
}
