import { describe, expect, it } from 'vitest'

import { pickFormat, spoken } from './voice'

describe('a voice note', () => {
  it('is recorded in what most can play', () => {
    expect(pickFormat(() => true)?.extension).toBe('m4a')
    expect(pickFormat((type) => type.startsWith('audio/webm'))).toEqual({
      type: 'audio/webm;codecs=opus',
      extension: 'weba',
    })
    expect(pickFormat(() => false)).toBeUndefined()
  })
  it('says how long it is', () => expect([0, 7, 750].map(spoken)).toEqual(['0:00', '0:07', '12:30']))
})
