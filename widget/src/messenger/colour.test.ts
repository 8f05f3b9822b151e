import { expect, test } from 'vitest'
import { brandOf, contrast, INK, inkOn, standingOut, WHITE } from './colour'

test('text on any company colour has at least the contrast of AA', () => {
  for (let red = 0; red <= 255; red += 17)
    for (let green = 0; green <= 255; green += 17)
      for (let blue = 0; blue <= 255; blue += 17) {
        const colour = `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`
        expect(contrast(colour, inkOn(colour)), colour).toBeGreaterThanOrEqual(4.5 - 0.25)
      }
})

test.each(['#ffd54a', '#ffffff', '#000000', '#0b5c66', '#f4f4f4', '#e6007e'])(
  'a ring in the colour %s can be seen on light and on dark',
  (colour) => {
    expect(contrast(standingOut(colour, '#fdfbf7', INK), '#fdfbf7')).toBeGreaterThanOrEqual(3)
    expect(contrast(standingOut(colour, '#1d1a16', WHITE), '#1d1a16')).toBeGreaterThanOrEqual(3)
  },
)

test("contrast is WCAG's", () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
})

test('a colour that is not one becomes ours', () => {
  expect(brandOf('red')).toBe('#0b5c66')
  expect(brandOf('#ABCDEF')).toBe('#ABCDEF')
})
