import { describe, expect, it } from 'vitest'

import type { Conversation, Message } from '@/api/models'

import { cityOf, proposedHours, zoneOf } from './hours'
import { exercises } from './practice'

const message = (type: number, hidden = false) => ({ message_type: type, private: hidden }) as Message
const conversation = (status: string, assignee?: number) =>
  ({ status, meta: { assignee: assignee ? { id: assignee } : undefined } }) as Conversation
const done = (...given: Parameters<typeof exercises>) =>
  exercises(...given)
    .filter((one) => one.done)
    .map((one) => one.name)

describe('what was tried in the sample', () => {
  it('begins with nothing, its own answer included', () =>
    expect(done(conversation('open'), [message(0), message(1), message(0)], 7)).toEqual([]))
  it('sees a reply, a note, who has it and that it is resolved', () =>
    expect(done(conversation('resolved', 7), [message(1), message(1), message(1, true)], 7)).toEqual([
      'reply',
      'note',
      'take',
      'resolve',
    ]))
  it("does not count what is a colleague's", () => expect(done(conversation('open', 8), [], 7)).toEqual([]))
})

describe('proposed hours', () => {
  it('are the working week in the zone', () => {
    const hours = proposedHours('Europe/Madrid') as { timezone: string; working_hours: { closed_all_day: boolean }[] }
    expect(hours.timezone).toBe('Europe/Madrid')
    expect(hours.working_hours.map((day) => day.closed_all_day)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
      true,
    ])
  })
  it('keep a zone that the account has', () => expect(zoneOf('America/Santiago')).toBe('America/Santiago'))
  it('name the city', () => expect(cityOf('America/Argentina/Buenos_Aires')).toBe('Buenos Aires'))
})
