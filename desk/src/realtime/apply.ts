// From an event of the stream to whoever reads what it is about. Applying twice does no harm: everything is an upsert by
// id and version.
import type { DeskEvent, DeskNoun } from '@/api/models'

import type { Readers } from './reader'

/** What desks are told and nothing on the screen shows live. */
export const UNREAD: readonly DeskNoun[] = ['account', 'role', 'service_level']

const files = import.meta.glob<Readers>('./readers/*.ts', { eager: true, import: 'default' })
export const readers: Readers = Object.assign({}, ...Object.values(files))

export function applyEvents(events: DeskEvent[]): void {
  for (const event of events) applyEvent(event)
}

export function applyEvent<About extends DeskNoun>(event: DeskEvent<About>): void {
  readers[event.about]?.(event)
}
