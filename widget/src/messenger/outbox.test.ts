import { beforeEach, expect, test, vi } from 'vitest'
import { Refused, waitIn } from './api'
import { delay } from './cable'
import { Hold, momentOf } from './hold'
import { MOST_TRIES, newEchoId, Outbox, storedBox, type Entry } from './outbox'
import type { Message } from './types'

const KEY = 'ventanilla:outbox:test'
const entry = (content: string): Entry => ({ echoId: newEchoId(), content, createdAt: 1 })
const sent = (one: Entry): Message[] => [{ content: one.content } as Message]

beforeEach(() => localStorage.clear())

function makeOutbox(deliver: (one: Entry) => Promise<Message[]>, key = KEY): { outbox: Outbox; shown: Entry[][] } {
  const shown: Entry[][] = []
  const outbox = new Outbox(
    key,
    storedBox(key),
    (entries) => shown.push(entries),
    () => undefined,
    deliver,
  )
  return { outbox, shown }
}

test('texts go out in order, one at a time, and leave nothing behind', async () => {
  const log: string[] = []
  const { outbox } = makeOutbox(async (one) => {
    log.push(`start ${one.content}`)
    await new Promise((done) => setTimeout(done, 5))
    log.push(`end ${one.content}`)
    return sent(one)
  })
  outbox.add(entry('uno'))
  outbox.add(entry('dos'))
  await vi.waitFor(() => expect(log).toEqual(['start uno', 'end uno', 'start dos', 'end dos']))
  await vi.waitFor(() => expect(storedBox(KEY).read()).toEqual([]))
})

test('without a network they wait in storage with the same key, and go out when it is back', async () => {
  let isUp = false
  const keys: string[] = []
  const { outbox } = makeOutbox(async (one) => {
    keys.push(one.echoId)
    if (!isUp) throw new TypeError('network')
    return sent(one)
  })
  outbox.add(entry('hola'))
  await vi.waitFor(() => expect(keys).toHaveLength(1))
  const [kept] = storedBox(KEY).read()
  expect(kept?.content).toBe('hola')
  isUp = true
  await vi.waitFor(async () => {
    await outbox.send()
    expect(storedBox(KEY).read()).toEqual([])
  })
  expect(new Set(keys)).toEqual(new Set([kept!.echoId]))
})

test('one that is refused for good is marked and does not stop the others', async () => {
  const delivered: string[] = []
  const { outbox } = makeOutbox(async (one) => {
    if (one.content === 'mal') throw new Refused(422, 'No vale.')
    delivered.push(one.content)
    return sent(one)
  })
  outbox.add(entry('mal'))
  outbox.add(entry('bien'))
  await vi.waitFor(() => expect(delivered).toEqual(['bien']))
  await vi.waitFor(() =>
    expect(
      storedBox(KEY)
        .read()
        .map((one) => one.failed),
    ).toEqual(['No vale.']),
  )
})

test('a server that is not well is asked again', async () => {
  let attempts = 0
  const { outbox } = makeOutbox(async (one) => {
    if (++attempts < 2) throw new Refused(503, '')
    return sent(one)
  })
  outbox.add(entry('hola'))
  await vi.waitFor(() => expect(attempts).toBe(2), { timeout: 4000 })
})

test('of two tabs with the same texts one sends them', async () => {
  const delivered: string[] = []
  const deliver = async (one: Entry): Promise<Message[]> => {
    delivered.push(one.content)
    await new Promise((done) => setTimeout(done, 20))
    return sent(one)
  }
  storedBox(KEY).write([entry('uno'), entry('dos')])
  const [one, other] = [makeOutbox(deliver).outbox, makeOutbox(deliver).outbox]
  await Promise.all([one.send(), other.send()])
  await vi.waitFor(() => expect(storedBox(KEY).read()).toEqual([]))
  expect(delivered).toEqual(['uno', 'dos'])
})

test('where storage is off the texts live as long as the page', () => {
  const off = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('denied', 'SecurityError')
  })
  const box = storedBox(KEY)
  box.write([entry('hola')])
  expect(box.read().map((one) => one.content)).toEqual(['hola'])
  off.mockRestore()
})

test('the wait between attempts doubles to half a minute and differs between browsers', () => {
  expect(delay(0, 1)).toBe(500)
  expect(delay(3, 1)).toBe(4000)
  expect(delay(30, 1)).toBe(30_000)
  expect(delay(30, 0)).toBe(15_000)
})

test('Z-29: asked to wait, nothing knocks until then, over a reload too, and each text goes out once', async () => {
  vi.useFakeTimers()
  const key = 'ventanilla:outbox:held'
  const knocks: number[] = []
  let isOpen = false
  const deliver = async (one: Entry): Promise<Message[]> => {
    knocks.push(Date.now())
    if (!isOpen) throw new Refused(429, 'Demasiado.', 60_000)
    return sent(one)
  }
  const begun = Date.now()
  makeOutbox(deliver, key).outbox.add(entry('hola'))
  await vi.advanceTimersByTimeAsync(30_000)
  expect(knocks).toHaveLength(1)
  expect(storedBox(key).read()[0]).toMatchObject({ content: 'hola' })
  expect(storedBox(key).read()[0]?.failed).toBeUndefined()

  const later = makeOutbox(deliver, key).outbox // the page was loaded anew
  later.add(entry('otra'))
  await later.send()
  later.retry('no such key')
  dispatchEvent(new Event('online'))
  await vi.advanceTimersByTimeAsync(20_000)
  expect(knocks).toHaveLength(1)

  isOpen = true
  await vi.advanceTimersByTimeAsync(15_000)
  expect(storedBox(key).read()).toEqual([])
  expect(knocks).toHaveLength(3)
  expect(knocks[1]! - begun).toBeGreaterThanOrEqual(60_000)
  vi.useRealTimers()
})

test('Z-29: what the server breaks on is given back after growing pauses, and stops no other conversation', async () => {
  vi.useFakeTimers()
  const key = 'ventanilla:outbox:broken'
  const delivered: string[] = []
  const knocks: number[] = []
  let isMended = false
  const { outbox } = makeOutbox(async (one) => {
    if (one.content === 'mala') knocks.push(Date.now())
    if (one.content === 'mala' && !isMended) throw new Refused(500, 'Algo falló.')
    delivered.push(one.content)
    return sent(one)
  }, key)
  outbox.add({ ...entry('mala'), to: 1 })
  outbox.add({ ...entry('detrás'), to: 1 })
  outbox.add({ ...entry('otra'), to: 2 })
  await vi.advanceTimersByTimeAsync(600)
  expect(delivered).toEqual(['otra'])
  await vi.advanceTimersByTimeAsync(60_000)
  const pauses = knocks.slice(1).map((at, index) => at - knocks[index]!)
  expect(pauses).toHaveLength(MOST_TRIES - 1)
  pauses.forEach((pause, index) => {
    expect(pause).toBeGreaterThanOrEqual(1000 * 2 ** index)
    expect(pause).toBeLessThan(1000 * 2 ** index + 600)
  })
  expect(storedBox(key).read()).toMatchObject([{ content: 'mala', failed: 'Algo falló.' }])
  expect(delivered).toEqual(['otra', 'detrás'])
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(knocks).toHaveLength(MOST_TRIES)

  isMended = true
  outbox.retry(storedBox(key).read()[0]!.echoId)
  await vi.advanceTimersByTimeAsync(100)
  expect(delivered).toEqual(['otra', 'detrás', 'mala'])
  expect(storedBox(key).read()).toEqual([])
  vi.useRealTimers()
})

test('a text that goes to the latest conversation keeps its place among all', async () => {
  vi.useFakeTimers()
  const key = 'ventanilla:outbox:order'
  const delivered: string[] = []
  let isMended = false
  const { outbox } = makeOutbox(async (one) => {
    if (!isMended) throw new Refused(500, '')
    delivered.push(one.content)
    return sent(one)
  }, key)
  outbox.add(entry('sin número'))
  outbox.add({ ...entry('con número'), to: 5 })
  await vi.advanceTimersByTimeAsync(3000)
  isMended = true
  await vi.advanceTimersByTimeAsync(10_000)
  expect(delivered).toEqual(['sin número', 'con número'])
  vi.useRealTimers()
})

test('while the server is away no text is given up, and each conversation has its turn', async () => {
  vi.useFakeTimers()
  const key = 'ventanilla:outbox:away'
  const delivered: string[] = []
  const { outbox } = makeOutbox(async (one) => {
    if (one.content === 'lejos') throw new Refused(503, '')
    delivered.push(one.content)
    return sent(one)
  }, key)
  outbox.add({ ...entry('lejos'), to: 1 })
  outbox.add({ ...entry('otra'), to: 2 })
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(delivered).toEqual(['otra'])
  expect(storedBox(key).read()).toMatchObject([{ content: 'lejos' }])
  expect(storedBox(key).read()[0]?.failed).toBeUndefined()
  vi.useRealTimers()
})

test('a clock that goes back does not lengthen the wait', () => {
  vi.useFakeTimers({ now: new Date('2026-11-30T12:00:00Z') })
  const hold = new Hold('clock')
  hold.start(60_000)
  expect(new Hold('clock').leftMs).toBe(60_000)
  vi.setSystemTime(new Date('2026-11-28T12:00:00Z'))
  expect(hold.leftMs).toBe(0)
  vi.useRealTimers()
})

test('when to go on is said as people say it', () => {
  const now = new Date(2026, 10, 30, 14, 0, 30).getTime()
  expect(momentOf(now + 20_000, now)).toBe('en menos de un minuto')
  expect(momentOf(now + 35 * 60_000, now)).toBe('hoy a las 14:36')
  expect(momentOf(now + 11 * 3_600_000, now)).toBe('mañana a la 1:01')
  expect(momentOf(now + 40 * 3_600_000, now)).toBe('el miércoles a las 6:01')
})

test.each([
  ['120', 120_000],
  ['Mon, 30 Nov 2026 12:02:00 GMT', 120_000],
  ['Mon, 30 Nov 2026 11:00:00 GMT', 0],
  ['pronto', 0],
  [null, 0],
])('Retry-After %s is %d ms', (header, ms) => {
  vi.useFakeTimers({ now: new Date('2026-11-30T12:00:00Z') })
  expect(waitIn(header)).toBe(ms)
  vi.useRealTimers()
})
