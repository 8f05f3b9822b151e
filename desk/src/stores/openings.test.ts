import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { useConversations } from './conversations'
import { merge, useMessages } from './messages'
import { useOpenings } from './openings'
import { aConversation, aMessage } from '@/testing/samples'

let calls: string[] = []

beforeEach(() => {
  setActivePinia(createPinia())
  calls = []
  vi.stubGlobal('fetch', async (address: string) => {
    calls.push(address)
    const id = Number(/conversations\/(\d+)/.exec(address)?.[1])
    const opening = {
      conversation: aConversation({ id, version: 3, status: 'open' }),
      messages: [aMessage({ id: 1, conversation_id: id })],
      scheduled: [],
      shared_drafts: [],
      participants: [],
      previous: [{ id: 9, channel: 'Channel::Api', status: 'open', last_activity_at: 1, last_message: 'Antes' }],
      claims: { payload: [], is_verified: false },
    }
    return new Response(JSON.stringify(opening))
  })
})
afterEach(() => vi.unstubAllGlobals())

describe('Z-21 a conversation that is opened', () => {
  it('is asked for once by who asks ahead and who opens it meanwhile', async () => {
    const messages = useMessages()
    await Promise.all([messages.open(7), messages.open(7)])
    expect(calls).toHaveLength(1)
    expect(calls[0]).toContain('/conversations/7/opening')
    expect(messages.thread(7).messages).toHaveLength(1)
    expect(useOpenings().beside.get(7)?.previous[0]?.last_message).toBe('Antes')
  })

  it('is not asked for again while the stream tells what happens, and is where it does not', async () => {
    const [messages, openings] = [useMessages(), useOpenings()]
    await messages.open(7)
    await messages.open(7)
    expect(calls).toHaveLength(2)
    openings.hears(true)
    await messages.open(7)
    expect(calls).toHaveLength(2)
    openings.stale(7)
    await messages.open(7)
    expect(calls).toHaveLength(3)
    openings.hears(false)
    await messages.open(7)
    expect(calls).toHaveLength(4)
  })

  it('does not undo what is shown before the server said yes', async () => {
    const conversations = useConversations()
    conversations.byId.set(7, aConversation({ id: 7, version: 3, status: 'resolved' }))
    await useMessages().open(7)
    expect(conversations.byId.get(7)?.status).toBe('resolved')
  })

  it('draws nothing anew where nothing is new', () => {
    const known = [aMessage({ id: 1 }), aMessage({ id: 2 })]
    expect(merge(known, [aMessage({ id: 2 })])).toBe(known)
    expect(merge(known, [aMessage({ id: 2, version: 2 })])).not.toBe(known)
  })
})
