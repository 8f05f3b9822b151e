// What a finger on a row means: it scrolls, it pushes the row aside, or it rests and chooses. Distances in CSS pixels,
// counted from where it came down; across is positive towards the end of the line.

/** Of its width a row must be pushed to be let go with the outer act. */
export const FIRES_AT = 0.5
/** Pushed this far and let go, it stays aside with its acts in sight. */
export const OPENS_AT = 48
/** The width of one act. */
export const ACT_WIDTH = 84
/** A finger that rests this long chooses the row. */
export const RESTS_MS = 500
/** Nearer to an edge of the screen the browser's own way back begins. */
export const EDGE = 20
const SLOP = 10

export type SwipeSide = 'start' | 'end'

/** What the finger does: undecided at first, and never again anything else once it is decided. */
export function meantBy(across: number, down: number): 'scroll' | 'swipe' | undefined {
  const [side, along] = [Math.abs(across), Math.abs(down)]
  if (side < SLOP && along < SLOP) return undefined
  return side > along * 1.2 ? 'swipe' : 'scroll'
}

/** On which side the act lies that comes into sight. */
export const sideOf = (across: number): SwipeSide => (across > 0 ? 'end' : 'start')

/** How far the row goes with the finger: with it where there is an act, barely where there is none. */
export function travel(across: number, width: number, has: boolean): number {
  const most = has ? width : SLOP * 2
  const wanted = has ? across : across / 6
  return Math.max(-most, Math.min(most, wanted))
}

/** Where a row comes to rest that was let go before the outer act: aside by its acts, or where it was. */
export const restsAt = (across: number, acts: number): number =>
  Math.abs(across) < OPENS_AT ? 0 : Math.sign(across) * acts * ACT_WIDTH

export const fires = (across: number, width: number): boolean => width > 0 && Math.abs(across) >= width * FIRES_AT
