// How far a message of ours got, as far as anyone knows: what the server says of it, in one word and its reason.
import type { Message } from '@/api/models'

export type DeliveryState =
  'queued' | 'waiting' | 'trying' | 'unknown' | 'left' | 'sent' | 'delivered' | 'read' | 'failed'

export interface Undelivered {
  address: string
  reason: string
}

export interface Delivery {
  state: DeliveryState
  reason: string
  /** When it is tried again, while it is being tried. */
  next?: Date
  /** Recipients who did not get it, though others did. */
  undelivered: Undelivered[]
}

interface Underway {
  state?: string
  reason?: string
  next_attempt_at?: string
  settled?: boolean
}

/** What stands below a message; nothing for what never leaves. */
export function deliveryOf(message: Message): Delivery | undefined {
  if (message.private || (message.message_type !== 1 && message.message_type !== 3)) return undefined
  if (message.content_attributes.deleted === true) return undefined
  const underway = (message.content_attributes.delivery ?? {}) as Underway
  const undelivered = undeliveredOf(message)
  if (message.status === 'failed')
    return { state: 'failed', reason: String(message.content_attributes.external_error ?? ''), undelivered }
  if (message.status !== 'progress') return { state: message.status, reason: '', undelivered }
  if (underway.state === 'unknown') return { state: underway.settled ? 'left' : 'unknown', reason: '', undelivered }
  if (underway.state === 'trying') {
    const next = new Date(underway.next_attempt_at ?? '')
    return {
      state: 'trying',
      reason: underway.reason ?? '',
      undelivered,
      ...(Number.isNaN(next.getTime()) ? {} : { next }),
    }
  }
  const waits = message.content_attributes.waits_for === 'sending_limit'
  return { state: waits ? 'waiting' : 'queued', reason: '', undelivered }
}

export function undeliveredOf(message: Message): Undelivered[] {
  const mail = message.content_attributes.email as { undelivered?: unknown } | undefined
  return Array.isArray(mail?.undelivered) ? (mail.undelivered as Undelivered[]) : []
}

/** Whether someone has to look at it: it may never arrive. */
export const needsSomebody = (message: Message | null | undefined): boolean => {
  const delivery = message ? deliveryOf(message) : undefined
  return delivery !== undefined && (['failed', 'unknown'].includes(delivery.state) || delivery.undelivered.length > 0)
}

const QUIET: readonly DeliveryState[] = ['queued', 'sent', 'delivered']
/** Whether its word is only for those who do not see the mark. */
export const isQuiet = (delivery: Delivery): boolean => QUIET.includes(delivery.state)
