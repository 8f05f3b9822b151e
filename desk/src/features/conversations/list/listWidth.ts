// How wide the list is, in pixels; kept per browser.

export const LEAST = 280
export const MOST = 440
const KEY = 'list-width'

export const clampWidth = (width: number): number => Math.round(Math.min(MOST, Math.max(LEAST, width)))

/** What was chosen here; undefined where nothing was, or nothing sensible. */
export function keptWidth(): number | undefined {
  try {
    const kept = Number(localStorage.getItem(KEY))
    return kept > 0 ? clampWidth(kept) : undefined
  } catch {
    return undefined
  }
}

export function keepWidth(width: number | undefined): void {
  try {
    if (width === undefined) localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, String(width))
  } catch {
    // Private windows may forbid it; then it holds until the desk is closed.
  }
}
