// What an agent does with a conversation: shown at once, sent, and put back when it is refused.
import { api, ApiError } from '@/api/client'
import type { Agent, Attributes, Conversation, Id, Priority, Status, Team } from '@/api/models'
import { t } from '@/i18n'
import { useCollections } from '@/stores/collections'
import { useConversations } from '@/stores/conversations'
import { useSession } from '@/stores/session'
import { toast } from '@/ui/toasts'

function path(id: Id, tail = ''): string {
  return `${useSession().base}/conversations/${id}${tail}`
}

/** Change what is shown without touching the version: whatever the server says next wins. */
function show(conversation: Conversation, changes: Partial<Conversation>): void {
  useConversations().byId.set(conversation.id, { ...conversation, ...changes })
}

export function explain(error: unknown): void {
  toast(error instanceof ApiError ? t('common.save_failed', { reason: error.message }) : t('common.offline_save'))
}

async function optimistic(
  conversation: Conversation,
  changes: Partial<Conversation>,
  send: () => Promise<unknown>,
): Promise<boolean> {
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

export async function setStatus(
  conversation: Conversation,
  status: Status,
  snoozedUntil?: number | null,
  undoable = true,
): Promise<void> {
  const before = conversation.status
  const done = await optimistic(conversation, { status }, () =>
    api.post(path(conversation.id, '/toggle_status'), {
      status,
      ...(status === 'snoozed' && snoozedUntil ? { snoozed_until: snoozedUntil } : {}),
    }),
  )
  if (!done) return
  // The list moves it when the event comes; where it does not come (no stream), ask.
  void useConversations()
    .load(conversation.id)
    .then((fresh) => useConversations().apply({ ...fresh, version: fresh.version }))
  if (undoable)
    toast(t(`done.${status}`, { id: conversation.id }), () => {
      const now = useConversations().byId.get(conversation.id) ?? conversation
      void setStatus(now, before, null, false)
    })
}

export function assign(conversation: Conversation, agent: Agent | undefined): Promise<boolean> {
  const meta = { ...conversation.meta, assignee: agent }
  return optimistic(conversation, { meta }, () =>
    api.post(path(conversation.id, '/assignments'), { assignee_id: agent?.id ?? 0 }),
  )
}

export async function assignToMe(conversation: Conversation): Promise<void> {
  const session = useSession()
  const me = useCollections().agentById.get(session.user?.id ?? 0)
  if (me) await assign(conversation, me)
}

export function assignTeam(conversation: Conversation, team: Team | undefined): Promise<boolean> {
  const meta = { ...conversation.meta, team }
  return optimistic(conversation, { meta }, () =>
    api.post(path(conversation.id, '/assignments'), { team_id: team?.id ?? 0 }),
  )
}

export function setPriority(conversation: Conversation, priority: Priority | null): Promise<boolean> {
  return optimistic(conversation, { priority }, () => api.post(path(conversation.id, '/toggle_priority'), { priority }))
}

export function setLabels(conversation: Conversation, labels: string[]): Promise<boolean> {
  return optimistic(conversation, { labels }, () => api.post(path(conversation.id, '/labels'), { labels }))
}

export function toggleLabel(conversation: Conversation, title: string): Promise<boolean> {
  const labels = conversation.labels.includes(title)
    ? conversation.labels.filter((one) => one !== title)
    : [...conversation.labels, title].sort()
  return setLabels(conversation, labels)
}

export function setAttributes(conversation: Conversation, attributes: Attributes): Promise<boolean> {
  return optimistic(conversation, { custom_attributes: attributes }, () =>
    api.post(path(conversation.id, '/custom_attributes'), { custom_attributes: attributes }),
  )
}

export function setMuted(conversation: Conversation, muted: boolean): Promise<boolean> {
  return optimistic(conversation, { muted }, () => api.post(path(conversation.id, muted ? '/mute' : '/unmute')))
}

export async function markSeen(conversation: Conversation): Promise<void> {
  try {
    useConversations().apply({ ...(await api.post<Conversation>(path(conversation.id, '/update_last_seen'))) })
  } catch {
    // It stays unread; opening it again tries again.
  }
}

export async function markUnread(conversation: Conversation): Promise<void> {
  try {
    useConversations().apply(await api.post<Conversation>(path(conversation.id, '/unread')))
  } catch (error) {
    explain(error)
  }
}

export async function sendTranscript(conversation: Conversation, email: string): Promise<boolean> {
  try {
    await api.post(path(conversation.id, '/transcript'), { email })
    toast(t('transcript.sent', { email }))
    return true
  } catch (error) {
    explain(error)
    return false
  }
}

export async function deleteMessage(conversationId: Id, messageId: Id): Promise<void> {
  try {
    const { useMessages } = await import('@/stores/messages')
    useMessages().apply(await api.delete(path(conversationId, `/messages/${messageId}`)))
  } catch (error) {
    explain(error)
  }
}

export async function retryMessage(conversationId: Id, messageId: Id): Promise<void> {
  try {
    const { useMessages } = await import('@/stores/messages')
    useMessages().apply(await api.post(path(conversationId, `/messages/${messageId}/retry`)))
  } catch (error) {
    explain(error)
  }
}
