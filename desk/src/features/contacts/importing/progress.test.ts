import { describe, expect, it } from 'vitest'

import { secondsLeft } from './progress'

describe('the time that is left', () => {
  it('follows the pace so far', () => expect(secondsLeft(100, 400, 1000, 1010)).toBe(30))
  it('is unknown before there is a pace', () => {
    expect(secondsLeft(0, 400, 1000, 1010)).toBeUndefined()
    expect(secondsLeft(10, 400, 1000, 1001)).toBeUndefined()
    expect(secondsLeft(10, 400, null, 1010)).toBeUndefined()
  })
  it('is nothing at the end', () => expect(secondsLeft(400, 400, 1000, 1010)).toBeUndefined())
})
