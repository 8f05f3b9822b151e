// What a notification says to its reader: who, what they did, and the words it is about.
import type { Id, Notification } from '@/api/models'
import { t } from '@/i18n'
import { plainLine } from '@/ui/text'

export interface Told {
  who: string
  picture?: string
  /** After the name: "te asignó la conversación con Carla". */
  did: string
  text: string
}

/** `me`: the reader, to whom "te" and "tu" speak. */
export function told(notification: Notification, me: Id): Told {
  const conversation = notification.primary_actor
  const other = notification.secondary_actor ?? undefined
  const message = other && 'content' in other ? other : undefined
  const contact = conversation.meta.sender
  const contactName = contact.name || contact.email || contact.phone_number || `#${conversation.id}`
  const actor = message ? message.sender : other
  const name = actor?.available_name || actor?.name || ''
  const picture = actor?.thumbnail
  const text = message
    ? plainLine(message.content ?? '') || (message.attachments?.length ? t('attachment.file') : '')
    : ''
  switch (notification.notification_type) {
    case 'conversation_creation':
      return { who: contactName, picture: contact.thumbnail, did: t('notices.created', { id: conversation.id }), text }
    case 'conversation_assignment': {
      const assignee = conversation.meta.assignee
      const key = assignee?.id === me ? 'assigned' : assignee ? 'passed_on' : 'taken'
      const values = { contact: contactName, name: assignee?.available_name ?? '' }
      // No one else did it by hand: a rule, or the turn.
      return name && actor?.id !== me
        ? { who: name, picture, did: t(`notices.${key}`, values), text: '' }
        : { who: contactName, picture: contact.thumbnail, did: t(`notices.${key}_alone`, values), text: '' }
    }
    case 'conversation_mention':
      return { who: name, picture, did: t('notices.mentioned', { contact: contactName }), text }
    case 'assigned_conversation_new_message':
    case 'participating_conversation_new_message':
      return name && name !== contactName
        ? { who: name, picture, did: t('notices.wrote_to', { contact: contactName }), text }
        : { who: contactName, picture, did: t('notices.wrote'), text }
    default:
      return { who: contactName, picture: contact.thumbnail, did: plainLine(notification.push_message_title), text: '' }
  }
}
