// One change to many conversations, and the changes that take it back.
import type { Id, Priority, Status } from '@/api/models'

/** What a change to many may move of one. `snoozed_until` in epoch seconds. */
export interface Facts {
  id: Id
  inbox_id: Id
  status: Status
  close_reason: string | null
  snoozed_until: number | null
  priority: Priority | null
  assignee_id: Id | null
  team_id: Id | null
  labels: string[]
}
export interface BulkChange {
  fields?: { status?: Status; close_reason?: string; assignee_id?: Id; team_id?: Id; priority?: Priority | null }
  labels?: { add?: string[]; remove?: string[] }
  snoozed_until?: number
}
export type BulkRequest = BulkChange & { ids: Id[] }

/** Requests that make of `now` what was `before`, in every column; one for all conversations that are alike. */
export function wayBack(before: Facts[], now: Facts[]): BulkRequest[] {
  const requests = new Map<string, BulkRequest>()
  const were = new Map(before.map((one) => [one.id, one]))
  for (const is of now) {
    const was = were.get(is.id)
    const back = was && backOf(was, is)
    if (!back) continue
    const key = JSON.stringify(back)
    const known = requests.get(key)
    if (known) known.ids.push(is.id)
    else requests.set(key, { ...back, ids: [is.id] })
  }
  return [...requests.values()]
}

function backOf(was: Facts, is: Facts): BulkChange | undefined {
  const fields: BulkChange['fields'] = {}
  const back: BulkChange = {}
  const state =
    was.status !== is.status || was.snoozed_until !== is.snoozed_until || was.close_reason !== is.close_reason
  const team = was.team_id !== is.team_id
  if (state) {
    fields.status = was.status
    if (was.status === 'resolved' && was.close_reason) fields.close_reason = was.close_reason
    if (was.status === 'snoozed' && was.snoozed_until) back.snoozed_until = was.snoozed_until
  }
  if (team) fields.team_id = was.team_id ?? 0
  // Opening one makes it one's own, and a team may bring its own agent: whose it was is said with both.
  if (state || team || was.assignee_id !== is.assignee_id) fields.assignee_id = was.assignee_id ?? 0
  if (was.priority !== is.priority) fields.priority = was.priority
  const remove = is.labels.filter((title) => !was.labels.includes(title))
  const add = was.labels.filter((title) => !is.labels.includes(title))
  if (Object.keys(fields).length) back.fields = fields
  if (remove.length || add.length)
    back.labels = { ...(remove.length ? { remove } : {}), ...(add.length ? { add } : {}) }
  return back.fields || back.labels ? back : undefined
}
