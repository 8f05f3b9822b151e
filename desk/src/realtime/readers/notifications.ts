import { useNotifications } from '@/stores/notifications'
import { hearMention } from '@/stores/sounds'

import type { Readers } from '../reader'

const MENTION = 'conversation_mention'

export default {
  notification({ name, data: { notification, unread_count } }) {
    useNotifications().unread = unread_count
    if (notification.id === null) return
    useNotifications().apply(notification)
    if (name === 'notification.created' && notification.notification_type === MENTION)
      hearMention(notification.primary_actor.id)
  },
  gone_notification({ data: { notification, unread_count } }) {
    useNotifications().unread = unread_count
    if (notification.id !== null) useNotifications().drop(notification.id)
  },
} satisfies Readers
