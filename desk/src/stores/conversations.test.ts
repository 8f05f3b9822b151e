import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { aConversation } from '@/testing/samples'

import { useConversations } from './conversations'
import { emptyFilter } from './filters'

/** What the server has, newest first; a page of it is cut when it is asked for. */
let stored: number[] = []
let asked: number[] = []

beforeEach(() => {
  setActivePinia(createPinia())
  stored = Array.from({ length: 60 }, (_, index) => 60 - index)
  asked = []
  vi.stubGlobal('fetch', async (address: string) => {
    const page = Number(new URL(address, 'http://desk.example').searchParams.get('page'))
    asked.push(page)
    const payload = stored
      .slice((page - 1) * 25, page * 25)
      .map((id) => aConversation({ id, last_activity_at: id, status: 'open' }))
    return new Response(JSON.stringify({ data: { meta: {}, payload } }))
  })
})
afterEach(() => vi.unstubAllGlobals())

const show = () => useConversations().show({ ...emptyFilter(), tab: 'all' })

describe('Z-21 the list page by page', () => {
  it('reads each page once, however many ask meanwhile', async () => {
    await show()
    const conversations = useConversations()
    await Promise.all([conversations.more(), conversations.more(), conversations.more()])
    expect(asked).toEqual([1, 2])
    expect(conversations.ids).toEqual(stored.slice(0, 50))
  })

  it('misses none where rows have left since, which moved the others up', async () => {
    await show()
    const conversations = useConversations()
    const gone = stored.splice(0, 3)
    for (const id of gone)
      conversations.apply(aConversation({ id, version: 9, status: 'resolved', last_activity_at: id }))
    for (let turn = 0; turn < 6; turn++) await conversations.more()
    expect(conversations.ids).toEqual(stored)
  })

  it('goes on where what was read again has nothing new', async () => {
    await show()
    const conversations = useConversations()
    // Left here, and by what the server says not yet.
    conversations.apply(aConversation({ id: 60, version: 9, status: 'resolved', last_activity_at: 60 }))
    for (let turn = 0; turn < 6; turn++) await conversations.more()
    expect(conversations.ids).toEqual(stored.slice(1))
  })
})
