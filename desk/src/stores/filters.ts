// Which conversations a list shows: as a query for the server, and as a rule for what arrives live.
import type { Condition, Conversation, Id, Status } from '@/api/models'

export type AssigneeTab = 'me' | 'unassigned' | 'all'
export type SortBy =
  | 'last_activity_at_desc'
  | 'last_activity_at_asc'
  | 'created_at_desc'
  | 'created_at_asc'
  | 'priority_desc'
  | 'waiting_since_asc'
  | 'sla_due_at_asc'
export type View = 'all' | 'mentions' | 'unattended' | 'participating'

/** The contract's states, and why resolved ones are closed. */
export type ListStatus = Status | 'archived' | 'ignored' | 'all'

export interface ListFilter {
  tab: AssigneeTab
  status: ListStatus
  view: View
  inboxId?: Id
  teamId?: Id
  label?: string
  sortBy: SortBy
  search: string
  conditions: Condition[]
}

export function emptyFilter(): ListFilter {
  return { tab: 'me', status: 'open', view: 'all', sortBy: 'last_activity_at_desc', search: '', conditions: [] }
}

const VIEWS: Record<View, string | undefined> = {
  all: undefined,
  mentions: 'mention',
  unattended: 'unattended',
  participating: 'participating',
}

export function asQuery(filter: ListFilter, page: number): Record<string, string | number | string[] | undefined> {
  return {
    status: filter.status,
    assignee_type: filter.tab,
    inbox_id: filter.inboxId,
    team_id: filter.teamId,
    labels: filter.label ? [filter.label] : undefined,
    conversation_type: VIEWS[filter.view],
    sort_by: filter.sortBy,
    q: filter.search || undefined,
    page,
  }
}

/** A key for what is remembered of a list. */
export function keyOf(filter: ListFilter): string {
  return JSON.stringify(filter)
}

/** Whether the conversation belongs in the list; undefined where only the server can tell. */
export function matches(filter: ListFilter, conversation: Conversation, me: Id): boolean | undefined {
  if (filter.conditions.length > 0 || filter.search) return undefined
  if (filter.view === 'mentions' || filter.view === 'participating') return undefined
  if (filter.status !== 'all' && conversation.status !== filter.status && conversation.close_reason !== filter.status)
    return false
  if (filter.inboxId !== undefined && conversation.inbox_id !== filter.inboxId) return false
  if (filter.teamId !== undefined && conversation.meta.team?.id !== filter.teamId) return false
  if (filter.label !== undefined && !conversation.labels.includes(filter.label)) return false
  const assignee = conversation.meta.assignee?.id
  if (filter.tab === 'me' && assignee !== me) return false
  if (filter.tab === 'unassigned' && assignee !== undefined) return false
  if (filter.view === 'unattended') return isUnattended(conversation)
  return true
}

/** Assigned or not, no one answered what the customer last said (contract F.9). */
export function isUnattended(conversation: Conversation): boolean {
  return conversation.first_reply_created_at === 0 || conversation.waiting_since > 0
}

const PRIORITY: Record<string, number> = { low: 1, medium: 2, high: 3, urgent: 4 }

/** The list's order; newest id first where the rest is equal, as the server has it. */
export function compare(sortBy: SortBy, a: Conversation, b: Conversation): number {
  const activity = b.last_activity_at - a.last_activity_at
  const tie = b.id - a.id
  switch (sortBy) {
    case 'last_activity_at_asc':
      return -activity || -tie
    case 'created_at_desc':
      return b.created_at - a.created_at || tie
    case 'created_at_asc':
      return a.created_at - b.created_at || -tie
    case 'priority_desc':
      return (PRIORITY[b.priority ?? ''] ?? 0) - (PRIORITY[a.priority ?? ''] ?? 0) || activity || tie
    case 'waiting_since_asc':
      return (a.waiting_since || Infinity) - (b.waiting_since || Infinity) || a.created_at - b.created_at || 0
    case 'sla_due_at_asc':
      return (
        (a.service_level?.due_at || Infinity) - (b.service_level?.due_at || Infinity) ||
        a.created_at - b.created_at ||
        0
      )
    default:
      return activity || tie
  }
}
