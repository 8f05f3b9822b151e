/**
 * Texts that are not on the server yet. They outlive the page; of several tabs one sends at a time, in order, and the
 * server writes an `echoId` once, so that each goes out exactly once.
 */
import { call, isBroken, isPassing, Refused, sentenceOf, waitAfter } from './api'
import { delay } from './cable'
import { Hold } from './hold'
import { placeOf } from './kept'
import type { Introduction } from './prechat'
import type { Message } from './types'

export interface Entry {
  echoId: string
  content: string
  /** Seconds since 1970. */
  createdAt: number
  /** Opens a conversation with these answers of the form, instead of going on in the latest. */
  begin?: Introduction
  /** The conversation it was written in; none, and it goes to the latest. */
  to?: number
  /** The server refused it for good, or broke on it again and again; its sentence, or "". */
  failed?: string
  /** How often the server broke on it. */
  tries?: number
  /** When it was last tried in vain, in milliseconds since 1970. */
  triedAt?: number
}

export interface Box {
  read(): Entry[]
  write(entries: Entry[]): void
}

/** The entries of one visitor, wherever this browser keeps something. */
export function storedBox(key: string): Box {
  const place = placeOf(key)
  return {
    read() {
      try {
        return JSON.parse(place.read() || '[]') as Entry[]
      } catch {
        return []
      }
    },
    write: (entries) => place.write(entries.length ? JSON.stringify(entries) : ''),
  }
}

const LEASE_MS = 15_000
/** So often the server may break on one text before its writer is told; with the pauses between, half a minute. */
export const MOST_TRIES = 6

/** Milliseconds until it may be tried again. A clock that went back since says nothing about how long is left. */
function leftMs({ tries, triedAt = 0 }: Entry): number {
  const since = Date.now() - triedAt
  return tries && since >= 0 ? Math.max(0, delay(tries, 1) - since) : 0
}

/** Whether both may belong to one conversation, so that their order counts. */
const meet = (a: Entry, b: Entry): boolean => !a.to || !b.to || a.to === b.to

/** Run `work` while no other tab runs its own; false when another one does. */
export async function alone(name: string, work: () => Promise<void>): Promise<boolean> {
  let isAnswered = false
  try {
    return await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
      isAnswered = true
      if (lock) await work()
      return lock !== null
    })
  } catch (error) {
    // Old browsers have no locks, and some deny them to frames of other sites.
    if (isAnswered) throw error
  }
  if (!(await lease(name))) return false
  await work()
  endLease(name)
  return true
}

/** A lock by hand, for the time of some requests. Without storage no other tab knows our entries: we are alone. */
async function lease(name: string): Promise<boolean> {
  const mine = Math.random().toString(36)
  try {
    const [, until] = (localStorage.getItem(name) ?? '').split(' ')
    if (Number(until) > Date.now()) return false
    localStorage.setItem(name, `${mine} ${Date.now() + LEASE_MS}`)
    await new Promise((done) => setTimeout(done, 50))
    return localStorage.getItem(name)?.startsWith(mine) ?? false
  } catch {
    return true
  }
}

function endLease(name: string): void {
  try {
    localStorage.removeItem(name)
  } catch {
    // Storage is off.
  }
}

export class Outbox {
  private attempt = 0
  private isSending = false
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly name: string,
    private readonly box: Box,
    private readonly onChange: (entries: Entry[]) => void,
    private readonly onSent: (messages: Message[]) => void,
    private readonly deliver: (entry: Entry) => Promise<Message[]> = post,
    private readonly hold = new Hold(`${name}:hold`),
  ) {
    addEventListener('storage', ({ key }) => (key === name || key === hold.key) && onChange(box.read()))
    addEventListener('online', () => void this.send())
  }

  add(entry: Entry): void {
    this.change([...this.box.read(), entry])
    void this.send()
  }

  /** Take an entry back; its text. */
  remove(echoId: string): void {
    this.change(this.box.read().filter((entry) => entry.echoId !== echoId))
  }

  retry(echoId: string): void {
    this.change(
      this.box.read().map((entry) => {
        if (entry.echoId !== echoId) return entry
        const { failed: _failed, tries: _tries, triedAt: _triedAt, ...again } = entry
        return again
      }),
    )
    void this.send()
  }

  /** Send what waits, oldest first, unless another tab is at it. Tries again by itself after a passing failure. */
  async send(): Promise<void> {
    if (this.isSending) return
    clearTimeout(this.timer)
    if (this.hold.leftMs) {
      this.later(0)
      return
    }
    this.isSending = true
    let isDone = true
    let isMine = false
    try {
      isMine = await alone(`${this.name}:lock`, async () => {
        for (let entry = this.next(); isDone && entry; entry = this.next()) isDone = await this.sendOne(entry)
      })
    } finally {
      this.isSending = false
    }
    // Another tab sends: look again, in case it closes halfway.
    if (isDone && isMine) this.attempt = 0
    this.later(delay(isDone ? 1 : ++this.attempt))
  }

  /** Look again after `ms`, and not before the server wants to hear from us. */
  private later(ms: number): void {
    const left = this.heads().map(leftMs)
    if (left.length) this.timer = setTimeout(() => void this.send(), Math.max(ms, this.hold.leftMs, Math.min(...left)))
  }

  /** What waits for nothing written before it. */
  private heads(): Entry[] {
    const waiting = this.box.read().filter((entry) => entry.failed === undefined)
    return waiting.filter((entry, index) => !waiting.slice(0, index).some((before) => meet(before, entry)))
  }

  /** Of those that may go, the one whose last failure is longest ago, so that each conversation has its turn. */
  private next(): Entry | undefined {
    return this.heads()
      .filter((entry) => !leftMs(entry))
      .sort((a, b) => (a.triedAt ?? 0) - (b.triedAt ?? 0))[0]
  }

  /** Whether to continue with the next. */
  private async sendOne(entry: Entry): Promise<boolean> {
    try {
      this.onSent(await this.deliver(entry))
      this.remove(entry.echoId)
      return true
    } catch (error) {
      if (waitAfter(error)) {
        this.hold.start(waitAfter(error))
        this.onChange(this.box.read())
      }
      const tries = (entry.tries ?? 0) + Number(isBroken(error))
      const isOver = isPassing(error) ? tries >= MOST_TRIES : true
      const missed = { ...entry, tries, triedAt: Date.now(), ...(isOver && { failed: sentenceOf(error) }) }
      this.change(this.box.read().map((one) => (one.echoId === entry.echoId ? missed : one)))
      return !this.hold.leftMs && (isOver || isBroken(error))
    }
  }

  private change(entries: Entry[]): void {
    this.box.write(entries)
    this.onChange(entries)
  }
}

/** The path that means that conversation; without one, the latest. */
export const inConversation = (path: string, id: number | undefined): string =>
  id ? `${path}${path.includes('?') ? '&' : '?'}conversation_id=${id}` : path

/** Where the visitor is, told with the first message of a conversation. */
export const page = { url: document.referrer }

async function post(entry: Entry): Promise<Message[]> {
  const { content, echoId, createdAt, begin, to } = entry
  const message = {
    content,
    echo_id: echoId,
    timestamp: new Date(createdAt * 1000).toISOString(),
    referer_url: page.url,
  }
  if (!begin) {
    try {
      return [await call<Message>('POST', inConversation('messages', to), { message })]
    } catch (error) {
      // The team deleted it: what was written is not lost with it.
      if (!to || !(error instanceof Refused) || error.status !== 404) throw error
      return [await call<Message>('POST', 'messages', { message })]
    }
  }
  if (Object.keys(begin.contactAttributes).length) {
    await call('PATCH', 'contact', { custom_attributes: begin.contactAttributes })
  }
  const { contact, conversationAttributes: custom_attributes } = begin
  return (await call<{ messages: Message[] }>('POST', 'conversations', { contact, message, custom_attributes }))
    .messages
}

export const newEchoId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
