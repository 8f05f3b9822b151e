// Entries of the audit log in words: made from the facts, so that they are right in every language.
import type { components } from '@/api/generated/schema'

export type AuditLine = components['schemas']['AuditLine']
type Say = (key: string, values?: Record<string, unknown>) => string

/** The part of a key that an event or a model stands for: `inbox.updated` is `inbox_updated`. */
export const keyOf = (name: string): string => name.replace(/\./g, '_')

/** Who did it: a person's name, or what stands for one. */
export function actorOf(line: AuditLine, t: Say): string {
  if (line.actor) return line.actor
  return t(line.actor_kind === 'system' ? 'audit.system' : 'audit.gone')
}

/** What it was done to: its name, for one without a name its number. */
export function nameOf(line: AuditLine, t: Say): string {
  if (line.subject_name) return line.subject_name
  if (line.subject === 'accounts.User') return t('audit.gone')
  return line.subject_id === null ? '' : `#${line.subject_id}`
}

export function sentenceOf(line: AuditLine, t: Say, knows: (key: string) => boolean): string {
  const key = `audit.did.${keyOf(line.event)}`
  const values = { actor: actorOf(line, t), name: nameOf(line, t), event: line.event }
  return t(knows(key) ? key : 'audit.did.other', values)
}

/** Address, device and way in, as far as they are still kept. */
export function placeOf(line: AuditLine, t: Say, knows: (key: string) => boolean): string {
  const way = `audit.way_${line.way}`
  return [line.address, line.device, line.way && knows(way) ? t(way) : ''].filter(Boolean).join(' · ')
}

export interface Difference {
  field: string
  before: string
  after: string
}

/** Field by field what was before and after; of other facts what they carry, as it is now. */
export function differencesOf(line: AuditLine, nothing: string): Difference[] {
  const changed = Object.entries(line.changes).map(([field, sides]) => ({
    field,
    before: written(sides[0], nothing),
    after: written(sides[1], nothing),
  }))
  const carried = Object.entries(line.details).map(([field, value]) => ({
    field,
    before: '',
    after: written(value, nothing),
  }))
  return [...changed, ...carried]
}

function written(value: unknown, nothing: string): string {
  if (value === null || value === undefined || value === '') return nothing
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
