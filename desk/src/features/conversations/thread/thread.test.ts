import { describe, expect, it } from 'vitest'

import { aMessage } from '@/testing/samples'

import { firstUnread, threadItems } from './thread'

const noon = new Date(2026, 5, 1, 12).getTime() / 1000
const carla = { id: 1, name: 'Carla', type: 'contact' as const }

describe('a thread', () => {
  it('groups one author within five minutes and breaks at a pause', () => {
    const items = threadItems(
      [0, 60, 120, 1000].map((after, index) => aMessage({ id: index + 1, created_at: noon + after, sender: carla })),
      [],
      undefined,
    ).filter((item) => item.kind === 'message')
    expect(items.map((item) => item.kind === 'message' && [item.starts, item.ends])).toEqual([
      [true, false],
      [false, false],
      [false, true],
      [true, true],
    ])
  })

  it('a note never joins the replies of its author', () => {
    const user = { id: 9, name: 'Ana', type: 'user' as const }
    const items = threadItems(
      [
        aMessage({ id: 1, message_type: 1, sender: user, created_at: noon }),
        aMessage({ id: 2, message_type: 1, private: true, sender: user, created_at: noon }),
      ],
      [],
      undefined,
    )
    expect(items.filter((item) => item.kind === 'message' && item.starts)).toHaveLength(2)
  })

  it('draws a line for each day and one before what is new', () => {
    const messages = [aMessage({ id: 1, created_at: noon }), aMessage({ id: 2, created_at: noon + 86400 })]
    const kinds = threadItems(messages, [], firstUnread(messages, noon)).map((item) => item.kind)
    expect(kinds).toEqual(['day', 'message', 'day', 'new', 'message'])
  })

  it('folds runs of activity, and leaves a line alone as it is', () => {
    const four = [1, 2, 3, 4].map((id) => aMessage({ id, message_type: 2, created_at: noon }))
    expect(threadItems(four, [], undefined).find((item) => item.kind === 'activity')).toMatchObject({ folded: true })
    expect(threadItems(four.slice(2), [], undefined).find((item) => item.kind === 'activity')).toMatchObject({
      folded: true,
    })
    expect(threadItems(four.slice(3), [], undefined).find((item) => item.kind === 'activity')).toMatchObject({
      folded: false,
    })
  })

  it('ends in what was said last: what happened since stands folded before it, without a day of its own', () => {
    const messages = [
      aMessage({ id: 1, created_at: noon, sender: carla }),
      aMessage({ id: 2, message_type: 2, created_at: noon + 1 }),
      aMessage({ id: 3, created_at: noon + 400, sender: carla }),
      aMessage({ id: 4, created_at: noon + 410, sender: carla }),
      aMessage({ id: 5, message_type: 2, created_at: noon + 500 }),
      aMessage({ id: 6, message_type: 2, created_at: noon + 90_000 }),
    ]
    const items = threadItems(messages, [], undefined)
    expect(items.map((item) => item.key)).toEqual([
      'day-1',
      'message-1',
      'activity-2',
      'activity-5',
      'message-3',
      'message-4',
    ])
    expect(items[3]).toMatchObject({ folded: true, since: true, messages: messages.slice(4) })
  })
})
