// One socket to the server. It says where in the log the desk stands; what follows comes in order, after any absence.

import type { DeskEvent, DeskMoment } from '@/api/models'

export type ConnectionState = 'connecting' | 'live' | 'offline'

export interface StreamHandlers {
  onEvents(events: DeskEvent[]): void
  onMoment(moment: DeskMoment): void
  /** What was missed cannot be replayed any more: the snapshot must be loaded anew. */
  onReset(): void
  /** What changes is told for the columns that were said, from now on. */
  onColumns(): void
  onState(state: ConnectionState): void
  onSignedOut(): void | Promise<void>
}

type Frame =
  | { type: 'ready' | 'events'; position?: string; events?: DeskEvent[] }
  | ({ type: 'ephemeral' } & DeskMoment)
  | { type: 'reset' }
  | { type: 'columns' }
  | { type: 'disconnect'; reconnect?: boolean }

const PING_MS = 20_000
const DEAD_MS = 45_000
const LONGEST_PAUSE_MS = 20_000

/** How long to wait before the next try: doubling, with a spread so that a thousand desks do not reconnect at once. */
export function pauseBefore(attempt: number, random = Math.random()): number {
  if (attempt === 0) return 150 + random * 350
  return Math.min(LONGEST_PAUSE_MS, 500 * 2 ** Math.min(attempt, 10)) * (0.7 + random * 0.6)
}

export class Stream {
  private socket: WebSocket | undefined
  private attempt = 0
  private heard = 0
  private pinger: ReturnType<typeof setInterval> | undefined
  private retry: ReturnType<typeof setTimeout> | undefined
  private stopped = false
  private lost = false

  constructor(
    private readonly accountId: number,
    private readonly handlers: StreamHandlers,
    /** Where in the log the desk stands; null loads it anew. */
    public position: string | null,
    private readonly url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live`,
  ) {}

  start(): void {
    window.addEventListener('online', this.soon)
    window.addEventListener('offline', this.cut)
    document.addEventListener('visibilitychange', this.awake)
    this.connect()
  }

  stop(): void {
    this.stopped = true
    window.removeEventListener('online', this.soon)
    window.removeEventListener('offline', this.cut)
    document.removeEventListener('visibilitychange', this.awake)
    clearInterval(this.pinger)
    clearTimeout(this.retry)
    this.socket?.close()
  }

  say(frame: Record<string, unknown>): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame))
  }

  private connect(): void {
    if (this.stopped) return
    this.handlers.onState('connecting')
    const socket = new WebSocket(this.url)
    this.socket = socket
    this.heard = Date.now()
    socket.onopen = () => this.say({ type: 'hello', account_id: this.accountId, after: this.position })
    socket.onmessage = (event: MessageEvent<string>) => {
      if (socket === this.socket) this.take(JSON.parse(event.data) as Frame)
    }
    socket.onclose = () => {
      if (socket === this.socket) this.again()
    }
    clearInterval(this.pinger)
    this.pinger = setInterval(() => this.beat(), PING_MS)
  }

  private take(frame: Frame): void {
    this.heard = Date.now()
    switch (frame.type) {
      case 'ready': {
        const anew = this.lost || this.position === null
        this.position = frame.position ?? null
        this.attempt = 0
        this.handlers.onState('live')
        if (anew) this.handlers.onReset()
        this.lost = false
        break
      }
      case 'events':
        this.handlers.onEvents(frame.events ?? [])
        this.position = frame.position ?? this.position
        break
      case 'ephemeral':
        this.handlers.onMoment(frame)
        break
      case 'columns':
        this.handlers.onColumns()
        break
      case 'reset':
        this.position = null
        // The snapshot is loaded after the new position is known: what happens in between follows as events.
        this.lost = true
        this.say({ type: 'hello', account_id: this.accountId, after: null })
        break
      case 'disconnect':
        if (frame.reconnect === false) {
          this.stop()
          void this.handlers.onSignedOut()
        }
        break
    }
  }

  private beat(): void {
    if (Date.now() - this.heard > DEAD_MS) {
      this.socket?.close()
      this.again()
      return
    }
    this.say({ type: 'ping' })
  }

  private again(): void {
    if (this.stopped) return
    this.socket = undefined
    this.handlers.onState('offline')
    clearTimeout(this.retry)
    this.retry = setTimeout(() => this.connect(), pauseBefore(this.attempt))
    this.attempt += 1
  }

  /** The network is back. A socket that seems open may be dead, so a fresh one takes over from the same position. */
  private readonly soon = (): void => {
    clearTimeout(this.retry)
    const old = this.socket
    this.socket = undefined
    old?.close()
    this.attempt = 0
    this.connect()
  }

  private readonly cut = (): void => {
    this.handlers.onState('offline')
  }

  /** A laptop that was closed wakes: ask at once whether the line still stands. */
  private readonly awake = (): void => {
    if (document.visibilityState === 'visible' && Date.now() - this.heard > PING_MS) this.beat()
  }
}
