// One change to many conversations, and the changes that take it back.
import type { Conversation, Id, Status } from '@/api/models'

import { wakesAt } from '@/stores/snooze'

export interface BulkChange {
  fields?: { status?: Status; assignee_id?: Id }
  labels?: { add?: string[]; remove?: string[] }
  snoozed_until?: number
}
export type BulkRequest = BulkChange & { ids: Id[] }

/** Requests that bring `before` back after `change`; one for all conversations that were alike. */
export function wayBack(change: BulkChange, before: Conversation[]): BulkRequest[] {
  const requests = new Map<string, BulkRequest>()
  for (const conversation of before) {
    const back = backOf(change, conversation)
    if (!back) continue
    const key = JSON.stringify(back)
    const known = requests.get(key)
    if (known) known.ids.push(conversation.id)
    else requests.set(key, { ...back, ids: [conversation.id] })
  }
  return [...requests.values()]
}

function backOf(change: BulkChange, was: Conversation): BulkChange | undefined {
  if (change.fields?.status !== undefined) {
    if (was.status === change.fields.status) return undefined
    return {
      fields: { status: was.status },
      ...(was.status === 'snoozed' && wakesAt(was) ? { snoozed_until: wakesAt(was) ?? undefined } : {}),
    }
  }
  if (change.fields?.assignee_id !== undefined) {
    const assignee = was.meta.assignee?.id ?? 0
    return assignee === change.fields.assignee_id ? undefined : { fields: { assignee_id: assignee } }
  }
  const added = change.labels?.add?.filter((title) => !was.labels.includes(title)) ?? []
  return added.length ? { labels: { remove: added } } : undefined
}
