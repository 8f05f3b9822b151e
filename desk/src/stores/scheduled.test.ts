import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { ChannelFace, Scheduled, User } from '@/api/models'
import { setLocale } from '@/i18n'
import { aConversation } from '@/testing/samples'
import { toasts } from '@/ui/toasts'

import { useChannels } from './channels'
import { useConversations } from './conversations'
import { useOutbox } from './outbox'
import { useScheduled } from './scheduled'
import { useSession } from './session'

let asked: { what: string; body: Record<string, unknown> }[] = []
let row: Scheduled
let onServer: Scheduled[] = []

beforeEach(async () => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  await setLocale('es')
  useSession().user = { id: 2, accounts: [], ui_settings: {} } as unknown as User
  useSession().accountId = 1
  useConversations().byId.set(7, aConversation({ id: 7 }))
  row = {
    ...{ id: 3, conversation_id: 7, content: 'Listo', content_attributes: {}, send_at: Date.now() / 1000 + 10 },
    ...{ leaves_in_ms: 10_000, undoable: true, then_status: null, created_at: 0, state: 'waiting', reason: '' },
    ...{ author: { id: 2, name: 'Bruno' }, files: [] },
  }
  asked = []
  onServer = [row]
  toasts.length = 0
  vi.stubGlobal('fetch', async (address: string, { method = 'GET', body }: RequestInit = {}) => {
    const tail = address.replace(/^.*conversations/, '')
    asked.push({ what: `${method} ${tail}`, body: typeof body === 'string' ? JSON.parse(body) : {} })
    if (method === 'GET')
      return new Response(JSON.stringify(tail.endsWith('scheduled') ? onServer : aConversation({ id: 7 })))
    if (tail.endsWith('send_now') || method === 'DELETE') onServer = []
    return new Response(JSON.stringify(tail.endsWith('send_now') ? { id: 9, conversation_id: 7 } : row))
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})
const sent = () => asked.filter(({ what }) => !what.startsWith('GET')).map(({ what }) => what)

describe('Z-07 what was sent and can be taken back', () => {
  it('leaves after its seconds and not before, once, and tells the state it brought with its way back', async () => {
    row.then_status = 'resolved'
    const store = useScheduled()
    store.hold(row)
    await vi.advanceTimersByTimeAsync(9_900)
    expect(sent()).toEqual([])
    expect(store.latest?.row.id).toBe(3)
    await vi.advanceTimersByTimeAsync(200)
    expect(sent()).toEqual(['POST /7/scheduled/3/send_now'])
    expect(store.latest).toBeUndefined()
    expect(toasts.at(-1)).toMatchObject({ text: 'Conversación #7 resuelta' })
    expect(toasts.at(-1)?.undo).toBeTypeOf('function')
  })

  it('taken back it never leaves, and its state never changed', async () => {
    const store = useScheduled()
    store.hold({ ...row, then_status: 'resolved' })
    await store.cancel(row)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(sent()).toEqual(['DELETE /7/scheduled/3'])
    expect(toasts).toEqual([])
  })

  it('is tried by this browser once: what the server refuses is left to the server', async () => {
    const real = fetch
    vi.stubGlobal('fetch', (address: string, init?: RequestInit) =>
      address.endsWith('send_now')
        ? real(address, init).then(() => {
            onServer = [{ ...row, leaves_in_ms: 0 }]
            return new Response('{}', { status: 429 })
          })
        : real(address, init),
    )
    useScheduled().hold(row)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(sent()).toEqual(['POST /7/scheduled/3/send_now'])
  })
})

describe('Z-06 a scheduled message that is sent now', () => {
  it('waits its seconds, and taken back it is at its moment again', async () => {
    const store = useScheduled()
    const tomorrow = { ...row, undoable: false, send_at: Math.floor(Date.now() / 1000) + 86_400 }
    onServer = [tomorrow]
    await store.release(tomorrow)
    expect(asked[0]).toEqual({ what: 'PATCH /7/scheduled/3', body: { undo: true } })
    await store.held.get(3)?.back?.()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(asked.filter(({ what }) => what.startsWith('PATCH')).at(-1)?.body).toEqual({ send_at: tomorrow.send_at })
    expect(sent()).not.toContain('POST /7/scheduled/3/send_now')
  })
})

describe('Z-07 how long it waits', () => {
  async function doorOf(isMail: boolean, more = {}): Promise<{ what: string; body: Record<string, unknown> }> {
    useChannels().all = [{ channel_type: 'Channel::X', email_headers: isMail } as ChannelFace]
    useConversations().byId.set(7, aConversation({ id: 7, meta: { ...aConversation().meta, channel: 'Channel::X' } }))
    useOutbox().add(7, 'Hola', { private: false, ...more })
    await vi.advanceTimersByTimeAsync(0)
    return asked.find(({ what }) => what.startsWith('POST'))!
  }
  it('a mail waits by itself, a chat goes at once', async () => {
    expect(await doorOf(true)).toMatchObject({ what: 'POST /7/scheduled', body: { undo: true } })
    asked = []
    expect((await doorOf(false)).what).toBe('POST /7/messages')
  })
  it('what changes the state waits with it, as one act, in every channel', async () => {
    const then = { status: 'snoozed', until: 1_900_000_000 }
    expect(await doorOf(false, { then })).toMatchObject({
      what: 'POST /7/scheduled',
      body: { undo: true, then_status: 'snoozed', then_until: 1_900_000_000 },
    })
  })
  it('a note waits for no one', async () => {
    expect((await doorOf(true, { private: true })).what).toBe('POST /7/messages')
  })
})
