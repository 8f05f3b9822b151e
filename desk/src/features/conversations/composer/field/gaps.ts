// Blanks in a text, `[[day of arrival]]`: what a person fills in before it is sent. Pure.

// A bracket that means itself is passed over: not every browser can look behind.
const GAP = /\\\[|\[\[([^[\]\n]{1,60})\]\]/g

export interface Gap {
  name: string
  start: number
  end: number
}

/** A name as it may stand in a blank. */
export const gapName = (name: string): string =>
  name
    .replace(/[[\]\s\\]+/g, ' ')
    .trim()
    .slice(0, 60)
export const gapText = (name: string): string => `[[${gapName(name)}]]`

/** The blanks of a text in their order; code shows them and means none. */
export function gapsIn(text: string): Gap[] {
  if (!text.includes('[[')) return []
  const bare = text.replace(/```[\s\S]*?```|`[^`\n]+`/g, (code) => ' '.repeat(code.length))
  return [...bare.matchAll(GAP)].flatMap(({ 0: whole, 1: name, index }) =>
    name === undefined ? [] : [{ name, start: index, end: index + whole.length }],
  )
}

/** The next one after the caret, or before it; from the other end when there is none. */
export function nextGap<T extends { start: number; end: number }>(
  gaps: readonly T[],
  at: { start: number; end: number },
  back = false,
): T | undefined {
  if (back) return gaps.findLast((one) => one.end <= at.start) ?? gaps.at(-1)
  return gaps.find((one) => one.start >= at.end) ?? gaps[0]
}
