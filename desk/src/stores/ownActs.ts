// What an agent does about a conversation for themselves alone, each with its way back.
import { api } from '@/api/client'
import type { AlertLevel, Conversation, Id, Own } from '@/api/models'
import { t } from '@/i18n'
import { toast } from '@/ui/toasts'

import { explain, forgetUnread, markSeen, markUnread, mayWrite } from './acts'
import { useOwn } from './own'
import { useSession } from './session'

async function change(send: (path: string) => Promise<Own>, id: Id): Promise<boolean> {
  if (!mayWrite()) return false
  try {
    useOwn().own = await send(`${useSession().desk}/conversations/${id}`)
    return true
  } catch (error) {
    explain(error)
    return false
  }
}

const SAID: Record<AlertLevel, string> = { all: 'told.unmuted', mine: 'told.only_mine', nothing: 'told.muted' }

/** How much this user is told of it. Nothing changes for anyone else. */
export async function setAlertLevel(conversation: Conversation, level: AlertLevel, undoable = true): Promise<void> {
  const before = useOwn().levelOf(conversation.id)
  const done = await change((path) => api.patch<Own>(`${path}/alerts`, { level }), conversation.id)
  if (done && undoable) toast(t(SAID[level]), () => void setAlertLevel(conversation, before, false))
}
/** Alert this user of it no more, or again. */
export function toggleOwnMute(conversation: Conversation): Promise<void> {
  return setAlertLevel(conversation, useOwn().levelOf(conversation.id) === 'nothing' ? 'all' : 'nothing')
}

/** Remind this user of it then (epoch seconds), or not at all; it stays where it is. */
export async function setReminder(conversation: Conversation, at: number | undefined, undoable = true): Promise<void> {
  const own = useOwn()
  const before = own.reminderOf(conversation.id)
  const done = await change(
    (path) =>
      at === undefined ? api.delete<Own>(`${path}/reminder`) : api.patch<Own>(`${path}/reminder`, { remind_at: at }),
    conversation.id,
  )
  if (!done || !undoable) return
  const text = at === undefined ? t('told.not_reminded') : t('told.reminded', { time: own.momentOf(at) })
  toast(text, () => void setReminder(conversation, before, false))
}

/** As if it had been looked at, from the list; whoever reads only the list has not opened it. */
export async function markRead(conversation: Conversation): Promise<void> {
  if (!mayWrite()) return
  forgetUnread(conversation.id)
  await markSeen(conversation)
  toast(t('told.read'), () => void markUnread(conversation))
}
