/** Colours on the company's colour. */

const channel = (part: string): number => {
  const value = parseInt(part, 16) / 255
  return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => channel(colour.slice(at, at + 2))) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** WCAG contrast of two "#rrggbb" colours, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

export const WHITE = '#ffffff'
export const INK = '#14110c'

/** White or ink, whichever reads better on the colour. */
export const inkOn = (colour: string): string => (contrast(colour, WHITE) >= contrast(colour, INK) ? WHITE : INK)

const mixed = (colour: string, other: string, share: number): string =>
  '#' +
  [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) * (1 - share) + parseInt(other.slice(at, at + 2), 16) * share)
    .map((part) => Math.round(part).toString(16).padStart(2, '0'))
    .join('')

/** The colour, moved towards `pole` as far as it takes to stand out from `ground` by `ratio` (WCAG 1.4.11: 3). */
export function standingOut(colour: string, ground: string, pole: string, ratio = 3): string {
  let found = colour
  for (let share = 0.1; contrast(found, ground) < ratio && share <= 1; share += 0.1) found = mixed(colour, pole, share)
  return found
}

/** The colour if it is "#rrggbb", else our own. */
export const brandOf = (colour: string): string => (/^#[\da-f]{6}$/i.test(colour) ? colour : '#0b5c66')

const LIGHT_SHEET = '#fdfbf7'
const DARK_SHEET = '#1d1a16'
const NIGHT = '#151310'

/**
 * The company's colour in all its uses, as custom properties. In the dark it keeps its hue and loses its glare; the ring
 * around what has the focus is it as long as it can be seen on our sheets.
 */
export function dress(brand: string, style: CSSStyleDeclaration): void {
  const dark = mixed(brand, NIGHT, 0.3)
  const uses = {
    'brand-light': brand,
    'brand-light-ink': inkOn(brand),
    'brand-dark': dark,
    'brand-dark-ink': inkOn(dark),
    'ring-light': standingOut(brand, LIGHT_SHEET, INK),
    'ring-dark': standingOut(brand, DARK_SHEET, WHITE),
  }
  for (const [name, colour] of Object.entries(uses)) style.setProperty(`--${name}`, colour)
}
