/** The socket (behaviour.md D.1): one subscription, comes back by itself after any absence. */

const SILENCE_MS = 10_000 // the server pings every 3 s
const PRESENCE_MS = 20_000
const LONGEST_WAIT_MS = 30_000

export interface Listener {
  /** The subscription holds: from now on nothing is missed. */
  onUp(): void
  onDown(): void
  onEvent(name: string, data: unknown): void
}

/** Milliseconds before attempt `attempt` (0 first): doubles up to 30 s, and differs between browsers. */
export const delay = (attempt: number, chance = Math.random()): number =>
  Math.min(LONGEST_WAIT_MS, 500 * 2 ** attempt) * (0.5 + chance / 2)

interface Frame {
  type?: string
  reconnect?: boolean
  message?: { event: string; data: unknown }
}

export class Cable {
  private socket: WebSocket | undefined
  private attempt = 0
  private heardAt = 0
  private retry: ReturnType<typeof setTimeout> | undefined
  private beat: ReturnType<typeof setInterval> | undefined
  private readonly identifier: string

  constructor(
    pubsubToken: string,
    private readonly listener: Listener,
  ) {
    this.identifier = JSON.stringify({ channel: 'RoomChannel', pubsub_token: pubsubToken })
    addEventListener('online', () => this.open())
    addEventListener('offline', () => this.drop())
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.open())
  }

  /** Connect now unless connected. */
  open(): void {
    if (this.socket) return
    clearTimeout(this.retry)
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/cable`, [
      'actioncable-v1-json',
      'actioncable-unsupported',
    ])
    this.socket = socket
    this.heardAt = Date.now()
    socket.onmessage = ({ data }) => {
      if (socket === this.socket) this.hear(JSON.parse(String(data)) as Frame)
    }
    socket.onclose = () => socket === this.socket && this.drop()
    clearInterval(this.beat)
    let beats = 0
    this.beat = setInterval(() => {
      if (Date.now() - this.heardAt > SILENCE_MS) this.drop()
      else if (++beats % (PRESENCE_MS / 1000) === 0) this.send('message', { data: '{"action":"update_presence"}' })
    }, 1000)
  }

  private send(command: string, more: object = {}): void {
    if (this.socket?.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify({ command, identifier: this.identifier, ...more }))
    }
  }

  private hear(frame: Frame): void {
    this.heardAt = Date.now()
    if (frame.type === 'welcome') this.send('subscribe')
    else if (frame.type === 'confirm_subscription') {
      this.attempt = 0
      this.listener.onUp()
    } else if (frame.type === 'disconnect') this.drop()
    else if (frame.message) this.listener.onEvent(frame.message.event, frame.message.data)
  }

  /** Forget this connection and try again later. */
  private drop(): void {
    const socket = this.socket
    if (!socket) return
    this.socket = undefined
    socket.close()
    clearInterval(this.beat)
    this.listener.onDown()
    if (navigator.onLine) this.retry = setTimeout(() => this.open(), delay(this.attempt++))
  }
}
