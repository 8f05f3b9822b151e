// What an agent does with a conversation: shown at once, sent, and put back when it is refused.
import { api, ApiError } from '@/api/client'
import type { Agent, Attributes, Conversation, Id, Priority, Status, Team } from '@/api/models'
import { t } from '@/i18n'
import { useCollections } from '@/stores/collections'
import { useConversations } from '@/stores/conversations'
import { useSession } from '@/stores/session'
import { toast } from '@/ui/toasts'

import { defer } from './deferred'
import { rememberOpened } from './recent'
import { wakesAt } from './snooze'
import { takenBack } from './takenBack'

function path(id: Id, tail = ''): string {
  return `${useSession().base}/conversations/${id}${tail}`
}

/** Change what is shown without touching the version: whatever the server says next wins. */
function show(conversation: Conversation, changes: Partial<Conversation>): void {
  useConversations().byId.set(conversation.id, { ...conversation, ...changes })
}

export const explain = (error: unknown): void =>
  toast(error instanceof ApiError ? t('common.save_failed', { reason: error.message }) : t('common.offline_save'))

/** The one gate of every act, by key, mouse, palette or undo: whoever may only read changes nothing and is told so. */
export function mayWrite(): boolean {
  if (useSession().canWrite) return true
  toast(t('common.may_only_read'))
  return false
}

async function optimistic(
  conversation: Conversation,
  changes: Partial<Conversation>,
  send: () => Promise<unknown>,
): Promise<boolean> {
  if (!mayWrite()) return false
  const before = conversation
  show(conversation, changes)
  try {
    await send()
    return true
  } catch (error) {
    const now = useConversations().byId.get(conversation.id)
    if (now && now.version === before.version) useConversations().byId.set(conversation.id, before)
    explain(error)
    return false
  }
}

/** What an act did, in words, and how it is taken back; both are shown for a moment. */
interface Told {
  text: string
  back: (now: Conversation) => Promise<unknown>
}

/** The one way a conversation is changed: shown at once, sent, told with its way back. `told` is absent in a way back. */
async function act(
  conversation: Conversation,
  changes: Partial<Conversation>,
  send: () => Promise<unknown>,
  told?: Told,
): Promise<boolean> {
  if (!(await optimistic(conversation, changes, send))) return false
  if (told) toast(told.text, () => void told.back(useConversations().byId.get(conversation.id) ?? conversation))
  return true
}

type Closed = Conversation['close_reason']

export async function setStatus(
  conversation: Conversation,
  status: Status,
  snoozedUntil?: number | null,
  undoable = true,
  reason?: Closed,
): Promise<boolean> {
  const until = status === 'snoozed' ? (snoozedUntil ?? null) : null
  const done = await act(
    conversation,
    { status, snoozed_until: until ? new Date(until * 1000).toISOString() : null, close_reason: reason ?? null },
    () =>
      api.post(path(conversation.id, '/toggle_status'), {
        status,
        ...(until ? { snoozed_until: until } : {}),
        ...(reason ? { close_reason: reason } : {}),
      }),
    undoable
      ? { text: t(`done.${reason ?? status}`, { id: conversation.id }), back: (now) => bringBack(now, conversation) }
      : undefined,
  )
  if (done) askAgain(conversation.id)
  return done
}
/** The list moves it when the event comes; where it does not come (no stream), ask. */
function askAgain(id: Id): void {
  const { load, apply } = useConversations()
  void load(id).then(apply, () => undefined)
}
/** A reply that was sent changed its state: told, with the way back to what it `was`. */
export function wasLeft(was: Conversation, status: string): void {
  toast(t(`done.${status}`, { id: was.id }), () => void bringBack(useConversations().byId.get(was.id) ?? was, was))
  askAgain(was.id)
}

/** Everything a change of state may have moved: state, moment of waking, and whose it is (opening assigns it). */
async function bringBack(now: Conversation, was: Conversation): Promise<void> {
  if (!(await setStatus(now, was.status, wakesAt(was), false, was.close_reason ?? undefined))) return
  const fresh = await useConversations()
    .load(was.id)
    .catch(() => now)
  if (fresh.meta.assignee?.id !== was.meta.assignee?.id) await assign(fresh, was.meta.assignee ?? undefined, false)
}

export function assign(conversation: Conversation, agent: Agent | undefined, undoable = true): Promise<boolean> {
  const before = conversation.meta.assignee ?? undefined
  return act(
    conversation,
    { meta: { ...conversation.meta, assignee: agent } },
    () => api.post(path(conversation.id, '/assignments'), { assignee_id: agent?.id ?? 0 }),
    undoable
      ? {
          text: agent ? t('told.assigned', { name: agent.available_name }) : t('told.unassigned'),
          back: (now) => assign(now, before, false),
        }
      : undefined,
  )
}

export async function assignToMe(conversation: Conversation): Promise<void> {
  const session = useSession()
  const me = useCollections().agentById.get(session.user?.id ?? 0)
  if (me && conversation.meta.assignee?.id !== me.id) await assign(conversation, me)
}

export function assignTeam(conversation: Conversation, team: Team | undefined, undoable = true): Promise<boolean> {
  const before = conversation.meta.team ?? undefined
  const assignee = conversation.meta.assignee ?? undefined
  return act(
    conversation,
    { meta: { ...conversation.meta, team } },
    () => api.post(path(conversation.id, '/assignments'), { team_id: team?.id ?? 0 }),
    undoable
      ? {
          text: team ? t('told.team', { name: team.name }) : t('told.no_team'),
          back: async (now) => {
            // A team may have brought its own agent.
            if (!(await assignTeam(now, before as Team | undefined, false))) return
            const fresh = await useConversations()
              .load(now.id)
              .catch(() => now)
            if (fresh.meta.assignee?.id !== assignee?.id) await assign(fresh, assignee, false)
          },
        }
      : undefined,
  )
}

export function setPriority(conversation: Conversation, priority: Priority | null, undoable = true): Promise<boolean> {
  const before = conversation.priority ?? null
  return act(
    conversation,
    { priority },
    () => api.post(path(conversation.id, '/toggle_priority'), { priority }),
    undoable
      ? {
          text: priority ? t('told.priority', { priority: t(`priority.${priority}`) }) : t('told.no_priority'),
          back: (now) => setPriority(now, before, false),
        }
      : undefined,
  )
}

export function setLabels(conversation: Conversation, labels: string[], undoable = true): Promise<boolean> {
  const before = conversation.labels
  const added = labels.filter((title) => !before.includes(title))
  const removed = before.filter((title) => !labels.includes(title))
  const text = added.length
    ? t('told.labelled', { labels: added.join(', ') })
    : t('told.unlabelled', { labels: removed.join(', ') })
  return act(
    conversation,
    { labels },
    () => api.post(path(conversation.id, '/labels'), { labels }),
    undoable && added.length + removed.length
      ? {
          text,
          // Only what this act did; what a colleague did since stays.
          back: (now) =>
            setLabels(now, [...now.labels.filter((title) => !added.includes(title)), ...removed].sort(), false),
        }
      : undefined,
  )
}

export function toggleLabel(conversation: Conversation, title: string): Promise<boolean> {
  const labels = conversation.labels.includes(title)
    ? conversation.labels.filter((one) => one !== title)
    : [...conversation.labels, title].sort()
  return setLabels(conversation, labels)
}

export function setAttributes(conversation: Conversation, attributes: Attributes, undoable = true): Promise<boolean> {
  const before = conversation.custom_attributes
  return act(
    conversation,
    { custom_attributes: attributes },
    () => api.post(path(conversation.id, '/custom_attributes'), { custom_attributes: attributes }),
    undoable
      ? {
          text: t('told.attributes'),
          back: (now) => setAttributes(now, takenBack(before, attributes, now.custom_attributes), false),
        }
      : undefined,
  )
}

export function setMuted(conversation: Conversation, muted: boolean, undoable = true): Promise<boolean> {
  return act(
    conversation,
    { muted },
    () => api.post(path(conversation.id, muted ? '/mute' : '/unmute')),
    undoable
      ? {
          text: t(muted ? 'told.blocked' : 'told.unblocked'),
          back: async (now) => {
            if (!(await setMuted(now, !muted, false))) return
            // Blocking resolves it.
            const fresh = await useConversations()
              .load(now.id)
              .catch(() => now)
            if (fresh.status !== conversation.status || fresh.snoozed_until !== conversation.snoozed_until)
              await bringBack(fresh, conversation)
          },
        }
      : undefined,
  )
}

/** Conversations that somebody here marked as unread: they stay so until they are opened again. */
const keptUnread = new Set<Id>()

export async function markSeen(conversation: Conversation): Promise<void> {
  if (keptUnread.has(conversation.id)) return
  try {
    useConversations().apply({ ...(await api.post<Conversation>(path(conversation.id, '/update_last_seen'))) })
  } catch {
    // It stays unread; opening it again tries again.
  }
}

/** It is read in the list. */
export function forgetUnread(id: Id): void {
  keptUnread.delete(id)
}

/** Opened by hand, which ends a wish to keep it unread. */
export function opened(id: Id): void {
  keptUnread.delete(id)
  rememberOpened(id)
}

export async function markUnread(conversation: Conversation): Promise<void> {
  if (!mayWrite()) return
  keptUnread.add(conversation.id)
  try {
    useConversations().apply(await api.post<Conversation>(path(conversation.id, '/unread')))
    toast(t('told.unread'), () => {
      opened(conversation.id)
      void markSeen(conversation)
    })
  } catch (error) {
    opened(conversation.id)
    explain(error)
  }
}

export async function sendTranscript(conversation: Conversation, email: string): Promise<boolean> {
  if (!mayWrite()) return false
  try {
    await api.post(path(conversation.id, '/transcript'), { email })
    toast(t('transcript.sent', { email }))
    return true
  } catch (error) {
    explain(error)
    return false
  }
}

/** With all its messages, once Undo has gone unused, of the account open now; whether it is on its way. */
export function deleteConversation(id: Id): boolean {
  if (!mayWrite()) return false
  const conversations = useConversations()
  const [address, back] = [path(id), () => void conversations.load(id).then(conversations.apply, explain)]
  defer(t('told.conversation_deleted', { id }), () => api.delete(address), back)
  conversations.remove(id)
  return true
}
