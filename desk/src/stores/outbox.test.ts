import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { useOutbox, type Sending } from './outbox'
import { MOST_TRIES, pauseAfter } from './pace'
import { useSession } from './session'

type Answer = () => Response
const MINUTE_MS = 60_000

/** A server of one door: keeps what it takes, and answers as each text is meant to fare. */
class Server {
  readonly kept: string[] = []
  readonly knocks: { content: string; at: number; path: string }[] = []
  readonly fates = new Map<string, Answer>()

  readonly fetch = async (path: string, request: RequestInit): Promise<Response> => {
    const { content, echo_id } = JSON.parse(String(request.body)) as { content: string; echo_id: string }
    this.knocks.push({ content, at: Date.now(), path })
    const fate = this.fates.get(content) ?? this.fates.get('*')
    if (fate) return fate()
    this.kept.push(content)
    return Response.json({ id: this.kept.length, conversation_id: 0, content, echo_id, version: 1 })
  }

  of(content: string): number[] {
    return this.knocks.filter((one) => one.content === content).map((one) => one.at)
  }
}

const answer =
  (status: number, headers: Record<string, string> = {}): Answer =>
  () =>
    Response.json({ message: `${status} dice el servidor` }, { status, headers })

let server: Server
const pages: ReturnType<typeof useOutbox>[] = []

/** A page of the desk that loads; `$dispose` closes it. */
function open(accountId = 1): ReturnType<typeof useOutbox> {
  setActivePinia(createPinia())
  const session = useSession()
  session.accountId = accountId
  session.user = { id: 7 } as never
  const outbox = useOutbox()
  pages.push(outbox)
  outbox.restore()
  return outbox
}

const state = (outbox: ReturnType<typeof useOutbox>, content: string): Sending['state'] | undefined =>
  outbox.items.find((item) => item.content === content)?.state

beforeEach(() => {
  localStorage.clear()
  vi.useFakeTimers()
  server = new Server()
  vi.stubGlobal('fetch', server.fetch)
})
afterEach(() => {
  for (const page of pages.splice(0)) page.$dispose()
  vi.useRealTimers()
})

describe('the outbox of the desk loses nothing (Z-29)', () => {
  it('lets the others go on when the server breaks on one text, and gives that one back after growing pauses', async () => {
    server.fates.set('mala', answer(500))
    const outbox = open()
    outbox.add(1, 'mala', { private: false })
    outbox.add(1, 'detrás', { private: false })
    outbox.add(2, 'otra', { private: false })
    await vi.advanceTimersByTimeAsync(10)
    expect(server.kept).toEqual(['otra'])

    await vi.advanceTimersByTimeAsync(MINUTE_MS)
    const at = server.of('mala')
    expect(at.slice(1).map((moment, index) => moment - at[index]!)).toEqual([1000, 2000, 4000, 8000, 16_000])
    expect(outbox.items).toMatchObject([{ content: 'mala', state: 'failed', reason: '500 dice el servidor' }])
    // Not before its turn, and not stopped by it.
    expect(server.kept).toEqual(['otra', 'detrás'])

    await vi.advanceTimersByTimeAsync(60 * MINUTE_MS)
    expect(server.of('mala')).toHaveLength(MOST_TRIES)

    server.fates.clear()
    outbox.retry(outbox.items[0]!.echoId)
    await vi.advanceTimersByTimeAsync(10)
    expect(server.kept).toEqual(['otra', 'detrás', 'mala'])
    expect(outbox.items).toEqual([])
  })

  it('counts the failures of a text over a reload', async () => {
    server.fates.set('mala', answer(500))
    const first = open()
    first.add(1, 'mala', { private: false })
    await vi.advanceTimersByTimeAsync(4000)
    expect(server.of('mala')).toHaveLength(3)
    first.$dispose()
    const outbox = open()
    await vi.advanceTimersByTimeAsync(10 * MINUTE_MS)
    expect(server.of('mala')).toHaveLength(MOST_TRIES)
    expect(state(outbox, 'mala')).toBe('failed')
  })

  it('waits as long as the server asks, over a reload too, and then sends each once and in order', async () => {
    server.fates.set('*', answer(429, { 'Retry-After': '120' }))
    const first = open()
    first.add(1, 'una', { private: false })
    await vi.advanceTimersByTimeAsync(10)
    first.add(2, 'dos', { private: false })
    first.retry(first.items[0]!.echoId)
    await vi.advanceTimersByTimeAsync(MINUTE_MS)
    expect(server.knocks).toHaveLength(1)
    first.$dispose()

    const outbox = open()
    dispatchEvent(new Event('online'))
    await vi.advanceTimersByTimeAsync(MINUTE_MS - 1000)
    expect(server.knocks).toHaveLength(1)
    expect(state(outbox, 'una')).toBe('queued')
    server.fates.clear()
    await vi.advanceTimersByTimeAsync(2000)
    expect(server.kept.toSorted()).toEqual(['dos', 'una'])
    expect(outbox.items).toEqual([])
  })

  it('never gives up on a text because the server is away, and does not hurry it', async () => {
    server.fates.set('*', answer(503))
    const outbox = open()
    outbox.add(1, 'una', { private: false })
    outbox.add(1, 'dos', { private: false })
    await vi.advanceTimersByTimeAsync(60 * MINUTE_MS)
    expect(outbox.items.map((item) => item.state)).toEqual(['queued', 'queued'])
    expect(server.of('dos')).toEqual([])
    expect(server.knocks.length).toBeLessThan(130)
    server.fates.clear()
    await vi.advanceTimersByTimeAsync(pauseAfter(99))
    expect(server.kept).toEqual(['una', 'dos'])
  })

  it('gives each conversation its turn when one text alone finds the server away', async () => {
    server.fates.set('lejos', answer(504))
    const outbox = open()
    outbox.add(1, 'lejos', { private: false })
    outbox.add(2, 'otra', { private: false })
    await vi.advanceTimersByTimeAsync(2000)
    expect(server.kept).toEqual(['otra'])
    expect(state(outbox, 'lejos')).toBe('queued')
  })

  it('keeps what waits for another account until that one is on the screen, and sends it there', async () => {
    server.fates.set('*', answer(503))
    const first = open(1)
    first.add(5, 'de la primera', { private: false })
    await vi.advanceTimersByTimeAsync(10)
    first.$dispose()
    server.fates.clear()

    const second = open(2)
    second.add(5, 'de la segunda', { private: false })
    await vi.advanceTimersByTimeAsync(MINUTE_MS)
    expect(server.kept).toEqual(['de la segunda'])
    expect(second.of(5)).toEqual([])
    second.$dispose()

    open(1)
    await vi.advanceTimersByTimeAsync(10)
    expect(server.kept).toEqual(['de la segunda', 'de la primera'])
    expect(server.knocks.at(-1)?.path).toBe('/api/v1/accounts/1/conversations/5/messages')
  })
})
