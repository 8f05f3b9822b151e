/** Tells the team while the visitor types. */
import { call } from './api'
import { inConversation } from './outbox'

const AGAIN_MS = 4_000

export class Typing {
  private toldAt = 0
  private to: number | undefined
  private timer: ReturnType<typeof setTimeout> | undefined

  /** A letter more, in the conversation of that number. */
  goesOn(to: number): void {
    this.to = to
    if (Date.now() - this.toldAt > AGAIN_MS) this.tell('on')
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.stops(), AGAIN_MS)
  }

  stops(): void {
    clearTimeout(this.timer)
    if (this.toldAt) this.tell('off')
  }

  private tell(typing_status: 'on' | 'off'): void {
    this.toldAt = typing_status === 'on' ? Date.now() : 0
    void call('POST', inConversation('conversations/toggle_typing', this.to), { typing_status }).catch(() => undefined)
  }
}
