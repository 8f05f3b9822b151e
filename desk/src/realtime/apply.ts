// From an event of the stream to the stores. Applying twice does no harm: everything is an upsert by id and version.
import type { Contact, Conversation, DeskEventName, DeskKind, Id, Message, Notification } from '@/api/models'
import { followAgents, followTeams } from '@/stores/carried'
import { useBulkChanges } from '@/stores/bulkChanges'
import { useClaims } from '@/stores/claims'
import { useCollections, type CollectionName } from '@/stores/collections'
import { useCards } from '@/stores/cards'
import { useContacts } from '@/stores/contacts'
import { useConversations } from '@/stores/conversations'
import { useCounts } from '@/stores/counts'
import { useDashboardApps } from '@/stores/dashboardApps'
import { useDrafts, type Mode } from '@/stores/drafts'
import { useFirstSteps } from '@/stores/firstSteps'
import { useFolders } from '@/stores/folders'
import { useLive } from '@/stores/live'
import { useMacros } from '@/stores/macros'
import { useMessages } from '@/stores/messages'
import { useNotifications } from '@/stores/notifications'
import { useOpenings } from '@/stores/openings'
import { useOwn } from '@/stores/own'
import { useOutbox } from '@/stores/outbox'
import { useScheduled } from '@/stores/scheduled'
import { useSession } from '@/stores/session'
import { hearMention, hearMessage } from '@/stores/sounds'

import type { LiveEvent } from './stream'

export function applyEvents(events: LiveEvent[]): void {
  for (const event of events) applyEvent(event)
}

export function applyEvent({ name, data }: LiveEvent): void {
  if (data.message) applyMessage(name, data.message as Message)
  if (data.conversation) {
    // Who follows it, and what else its contact began, come with its opening alone.
    if (!data.message)
      useOpenings().stale(name === 'conversation.created' ? undefined : (data.conversation as Conversation).id)
    useConversations().apply(data.conversation as Conversation)
    if (name === 'message.created' && data.message)
      hearMessage(data.message as Message, data.conversation as Conversation)
    useCounts().later()
    if (name === 'conversation.participants_changed')
      void useOpenings().refollow((data.conversation as Conversation).id)
    if (MOVES.has(name)) void useMessages().reread((data.conversation as Conversation).id)
    return
  }
  if (name === 'conversation.deleted' || name === 'conversation.hidden') {
    useConversations().remove(data.id as Id)
    useMessages().drop(data.id as Id)
    useCounts().later()
  } else if (data.contact) {
    useContacts().apply(data.contact as Contact)
    useCards().changed((data.contact as Contact).id)
    useFolders().countLater()
  } else if (name.startsWith('notification.')) applyNotification(name, data)
  else if (name === 'draft.saved')
    useDrafts().apply(data.conversation_id as Id, data.mode as Mode, String(data.content ?? ''))
  else if (name === 'contact.claims_changed') useClaims().changed(data.contact_id as Id)
  else if (name === 'scheduled_message.changed') useScheduled().changed(data.conversation_id as Id)
  else if (data.kind === 'bulk') void useBulkChanges().load()
  else if (data.kind === 'folder') void useFolders().load()
  else if (data.kind === 'own') void useOwn().load()
  else if (data.kind === 'dashboard_app') useDashboardApps().changed()
  else if (data.kind === 'macro') useMacros().changed()
  else if (data.kind === 'macro_run') useMacros().moved(data.id as Id)
  else if (data.kind === 'first_steps')
    void useFirstSteps()
      .load()
      .catch(() => undefined)
  else if (data.kind) applyCollection(data.kind)
}

function applyNotification(name: DeskEventName, data: Record<string, unknown>): void {
  useNotifications().apply(data)
  const notification = data.notification as Notification | undefined
  if (name === 'notification.created' && notification?.notification_type === MENTION)
    hearMention(notification.primary_actor.id)
}

/** Messages went from one conversation to another. */
const MOVES = new Set<DeskEventName>(['conversation.merged', 'conversation.unmerged', 'conversation.split'])

function applyMessage(name: DeskEventName, message: Message): void {
  useMessages().apply(message)
  if (message.echo_id && message.sender?.type === 'user' && message.sender.id === useSession().user?.id)
    useOutbox().confirmed(message.echo_id)
  if (name === 'message.created' && message.sender) {
    const live = useLive()
    live.setTyping(message.conversation_id, { ...message.sender, isPrivate: message.private }, false)
  }
}

const MENTION = 'conversation_mention'

const COLLECTIONS: { [kind in DeskKind]?: CollectionName } = {
  agent: 'agent',
  team: 'team',
  label: 'label',
  inbox: 'inbox',
  attribute_definition: 'attribute_definition',
  canned_response: 'canned_response',
}
/** What conversations carry of a collection follows it. */
const FOLLOWERS: Partial<Record<CollectionName, () => void>> = { agent: followAgents, team: followTeams }
const pending = new Map<CollectionName, ReturnType<typeof setTimeout>>()

function applyCollection(kind: DeskKind): void {
  const name = COLLECTIONS[kind]
  if (!name || pending.has(name)) return
  pending.set(
    name,
    setTimeout(() => {
      pending.delete(name)
      const collections = useCollections()
      collections.forgetAssignable()
      void collections.refresh(name).then(FOLLOWERS[name])
      useCounts().later()
    }, 250),
  )
}

export function applyEphemeral(name: string, data: Record<string, unknown>): void {
  const live = useLive()
  if (name === 'presence') {
    live.users = (data.users as typeof live.users) ?? live.users
    live.contacts = (data.contacts as typeof live.contacts) ?? live.contacts
  } else if (name === 'typing') {
    const user = data.user as { id: Id; name: string; type: string }
    if (user.type === 'user' && user.id === useSession().user?.id) return
    live.setTyping(data.conversation_id as Id, { ...user, isPrivate: data.is_private === true }, data.on === true)
  } else if (name === 'viewing') {
    const me = useSession().user?.id
    const users = (data.users as { id: Id; name: string }[]).filter((user) => user.id !== me)
    const before = live.viewing.get(data.conversation_id as Id) ?? []
    if (users.length || before.length) live.viewing.set(data.conversation_id as Id, users)
  }
}
