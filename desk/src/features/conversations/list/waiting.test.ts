import { describe, expect, it } from 'vitest'

import { aConversation } from '@/testing/samples'
import { lengthOf } from '@/ui/time'

import { waitsSince } from './waiting'

describe('waiting (C-15, V-LST-04)', () => {
  it('begins with the first unanswered message, and is over when it is answered, put off or resolved', () => {
    expect(waitsSince(aConversation({ waiting_since: 100 }))).toEqual(new Date(100_000))
    expect(waitsSince(aConversation({ waiting_since: 0 }))).toBeUndefined()
    expect(waitsSince(aConversation({ waiting_since: 100, status: 'snoozed' }))).toBeUndefined()
    expect(waitsSince(aConversation({ waiting_since: 100, status: 'resolved' }))).toBeUndefined()
  })

  it('is said in the largest unit that is full', () => {
    const minute = 60_000
    const lengths = [-5000, 20_000, 44 * minute, 61 * minute, 23 * 60 * minute, 49 * 60 * minute]
    expect(lengths.map((length) => lengthOf(length, 'es'))).toEqual(['1 min', '1 min', '44 min', '1 h', '23 h', '2 d'])
  })
})
