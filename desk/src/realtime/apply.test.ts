import { readFileSync } from 'node:fs'

import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'

import type { Conversation, Message } from '@/api/models'
import { emptyFilter } from '@/stores/filters'
import { useConversations } from '@/stores/conversations'
import { merge, useMessages } from '@/stores/messages'
import { useNotifications } from '@/stores/notifications'
import { aContact, aConversation, aMessage } from '@/testing/samples'

import { applyEvent, readers, UNREAD } from './apply'
import { pauseBefore } from './stream'

function shuffled<T>(items: T[], random: () => number): T[] {
  const copy = [...items]
  for (let i = copy.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1))
    ;[copy[i], copy[j]] = [copy[j] as T, copy[i] as T]
  }
  return copy
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296
    return state / 4294967296
  }
}

beforeEach(() => setActivePinia(createPinia()))

it('each thing that the server tells desks of is read here, or named as unread', () => {
  const document = JSON.parse(readFileSync('openapi.json', 'utf8'))
  const told = Object.keys(document.components.schemas.DeskEvents.properties)
  expect([...Object.keys(readers), ...UNREAD].sort()).toEqual(told.sort())
})

it('T-01 the bell forgets what is gone, and counts what all of it is', () => {
  const notifications = useNotifications()
  const counted = (unread_count: number) => ({ unread_count, count: unread_count })
  const told = { notification_type: 'conversation_creation', read_at: null, created_at: 1, last_activity_at: 1 }
  for (const id of [4, 5])
    applyEvent({
      about: 'notification',
      name: 'notification.created',
      data: {
        notification: { ...told, id, push_message_title: '', primary_actor: aConversation() },
        ...counted(2),
        in_bell: true,
        sound: null,
      },
    })
  applyEvent({
    about: 'gone_notification',
    name: 'notification.deleted',
    data: { notification: { id: 5 }, ...counted(1) },
  })
  expect(notifications.items.map((one) => one.id)).toEqual([4])
  applyEvent({
    about: 'notification',
    name: 'notification.updated',
    data: { notification: { id: null }, ...counted(0), in_bell: true, sound: null },
  })
  expect(notifications.items.map((one) => one.id)).toEqual([4])
  expect(notifications.unread).toBe(0)
})

describe('Z-01 live state equals a fresh load', () => {
  it('whatever order, doubles and gaps the events came in', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      setActivePinia(createPinia())
      const random = seeded(seed)
      const conversations = useConversations()
      conversations.filter = { ...emptyFilter(), tab: 'all', status: 'open' }
      // The history of five conversations; the last version of each is what a fresh load would show.
      const history: Conversation[] = []
      const latest = new Map<number, Conversation>()
      for (let step = 0; step < 40; step += 1) {
        const id = 1 + Math.floor(random() * 5)
        const version = (latest.get(id)?.version ?? 0) + 1
        const status = random() < 0.7 ? 'open' : 'resolved'
        const next = aConversation({ id, version, status, last_activity_at: step })
        latest.set(id, next)
        history.push(next)
      }
      const doubled = [...history, ...history.filter(() => random() < 0.3)]
      for (const conversation of shuffled(doubled, random))
        applyEvent({ about: 'conversation', name: 'conversation.updated', data: { conversation } })
      const fresh = [...latest.values()]
        .filter((one) => one.status === 'open')
        .sort((a, b) => b.last_activity_at - a.last_activity_at)
      expect(conversations.list.map((one) => [one.id, one.version])).toEqual(fresh.map((one) => [one.id, one.version]))
    }
  })

  it('messages keep their newest version and their order', () => {
    const messages = useMessages()
    messages.threads.set(1, { messages: [], complete: true, loading: false, failed: false, loaded: true })
    for (const message of [
      aMessage({ id: 3 }),
      aMessage({ id: 1 }),
      aMessage({ id: 3, version: 2, content: 'b' }),
      aMessage({ id: 3, version: 1 }),
    ])
      applyEvent({
        about: 'message',
        name: 'message.updated',
        data: { message, conversation: aConversation({ id: 1 }) },
      })
    expect(messages.thread(1).messages.map((one) => [one.id, one.version])).toEqual([
      [1, 1],
      [3, 2],
    ])
    expect(merge([aMessage({ id: 2 })], [aMessage({ id: 1 })]).map((one) => one.id)).toEqual([1, 2])
  })

  it('V-LST-04 after a merge both threads show what stands there now, whatever was still on its way', async () => {
    const messages = useMessages()
    const known = { complete: true, loading: false, failed: false, loaded: true }
    messages.threads.set(1, { messages: [aMessage({ id: 1 }), aMessage({ id: 3 })], ...known })
    messages.threads.set(2, { messages: [aMessage({ id: 2, conversation_id: 2 })], ...known })
    const stands: Record<string, Message[]> = { '2': [aMessage({ id: 2, conversation_id: 2 })] }
    const late: (() => void)[] = []
    vi.stubGlobal('fetch', async (address: string | URL | Request) => {
      const id = /conversations\/(\d+)/.exec(String(address))?.[1] ?? ''
      const payload = stands[id] ?? []
      const beside = { scheduled: [], participants: [], previous: [], claims: { payload: [], is_verified: false } }
      const opening = { conversation: aConversation({ id: Number(id) }), messages: payload, ...beside }
      const body = JSON.stringify(String(address).endsWith('/opening') ? opening : { payload })
      if (late.length === 0) await new Promise<void>((done) => late.push(done))
      return new Response(body, { headers: { 'Content-Type': 'application/json' } })
    })
    const asked = messages.open(2) // answered as it was before the merge, and late
    await vi.waitFor(() => expect(late).toHaveLength(1))
    stands['1'] = [1, 2, 3].map((id) => aMessage({ id, version: 2 }))
    stands['2'] = [aMessage({ id: 4, conversation_id: 2, message_type: 2 })]
    applyEvent({
      about: 'conversation',
      name: 'conversation.merged',
      data: { conversation: aConversation({ id: 1, version: 2 }) },
    })
    applyEvent({
      about: 'conversation',
      name: 'conversation.merged',
      data: { conversation: aConversation({ id: 2, version: 2, status: 'resolved' }) },
    })
    const ids = (id: number) => messages.thread(id).messages.map((one) => one.id)
    await vi.waitFor(() => expect([ids(1), ids(2)]).toEqual([[1, 2, 3], [4]]))
    late.forEach((answer) => answer())
    await asked
    expect([ids(1), ids(2)]).toEqual([[1, 2, 3], [4]])
    vi.unstubAllGlobals()
  })

  it('a conversation out of sight goes with its thread, which is asked for anew when it is back', async () => {
    const messages = useMessages()
    const conversations = useConversations()
    conversations.filter = { ...emptyFilter(), tab: 'all' }
    conversations.apply(aConversation({ id: 1 }))
    const late: (() => void)[] = []
    vi.stubGlobal('fetch', async () => {
      await new Promise<void>((done) => late.push(done))
      return new Response(JSON.stringify({ payload: [aMessage({ id: 1 })] }))
    })
    const asked = messages.open(1) // answered when it is out of sight already
    applyEvent({
      about: 'message',
      name: 'message.created',
      data: { message: aMessage({ id: 2 }), conversation: aConversation({ id: 1 }) },
    })
    applyEvent({ about: 'gone_conversation', name: 'conversation.hidden', data: { id: 1 } })
    expect(conversations.list).toEqual([])
    await vi.waitFor(() => expect(late).toHaveLength(1))
    late.forEach((answer) => answer())
    await asked
    expect(messages.threads.has(1)).toBe(false)
    applyEvent({
      about: 'message',
      name: 'message.created',
      data: { message: aMessage({ id: 9 }), conversation: aConversation({ id: 1, version: 9 }) },
    })
    expect(conversations.list.map((one) => one.id)).toEqual([1])
    expect(messages.thread(1)).toMatchObject({ messages: [], loaded: false }) // opening it asks for the newest page
    vi.unstubAllGlobals()
  })

  it('names that conversations and messages carry follow their contact, agent and team', async () => {
    vi.useFakeTimers()
    const conversations = useConversations()
    const messages = useMessages()
    conversations.filter = { ...emptyFilter(), tab: 'all' }
    const assignee = { id: 7, available_name: 'Ana', thumbnail: '' }
    conversations.apply(
      aConversation({ id: 1, meta: { sender: { id: 5, name: 'C' }, assignee, team: { id: 3, name: 'x' } } }),
    )
    const known = { complete: true, loading: false, failed: false, loaded: true }
    const by = (type: string, id: number) => ({ type, id, name: 'antes', available_name: 'antes', thumbnail: '' })
    messages.threads.set(1, {
      messages: [
        aMessage({ id: 1, sender: by('contact', 5) as Message['sender'] }),
        aMessage({ id: 2, sender: by('user', 7) as Message['sender'] }),
      ],
      ...known,
    })
    vi.stubGlobal('fetch', async (address: string | URL | Request) => {
      const ana = { id: 7, name: 'Ana B.', available_name: 'Ana B.', thumbnail: '/a.png' }
      return new Response(JSON.stringify(String(address).includes('/teams') ? [{ id: 3, name: 'ventas' }] : [ana]))
    })
    applyEvent({
      about: 'contact',
      name: 'contact.updated',
      data: { contact: aContact({ id: 5, name: 'Carla', thumbnail: '' }) },
    })
    applyEvent({ about: 'team', name: 'team.updated', data: { kind: 'team', id: 3 } })
    applyEvent({ about: 'agent', name: 'agent.updated', data: { kind: 'agent', id: 7 } })
    await vi.advanceTimersByTimeAsync(300)
    vi.useRealTimers()
    await vi.waitFor(() => expect(conversations.byId.get(1)?.meta.assignee?.available_name).toBe('Ana B.'))
    expect(conversations.byId.get(1)?.meta).toMatchObject({ sender: { name: 'Carla' }, team: { name: 'ventas' } })
    expect(messages.thread(1).messages.map((one) => one.sender?.name)).toEqual(['Carla', 'Ana B.'])
    vi.unstubAllGlobals()
  })

  it('a hand on the list is never pulled from under: new rows wait', () => {
    const conversations = useConversations()
    conversations.filter = { ...emptyFilter(), tab: 'all' }
    conversations.apply(aConversation({ id: 1, last_activity_at: 5 }))
    conversations.held = true
    conversations.apply(aConversation({ id: 2, last_activity_at: 9 }))
    expect(conversations.list.map((one) => one.id)).toEqual([1])
    expect(conversations.waiting.size).toBe(1)
    conversations.settle()
    expect(conversations.list.map((one) => one.id)).toEqual([2, 1])
  })

  it('comes back soon at first and never all at once', () => {
    expect(pauseBefore(0, 0)).toBeLessThan(600)
    expect(pauseBefore(3, 0)).not.toBe(pauseBefore(3, 1))
    expect(pauseBefore(50, 1)).toBeLessThan(30_000)
  })
})
