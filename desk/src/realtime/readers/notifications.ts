import { useNotifications } from '@/stores/notifications'
import { hearTold } from '@/stores/sounds'

import type { Readers } from '../reader'

export default {
  notification({ data: { notification, unread_count, in_bell, sound } }) {
    useNotifications().unread = unread_count
    if (notification.id === null) return
    if (in_bell) useNotifications().apply(notification)
    if (sound) hearTold(sound, notification.primary_actor.id)
  },
  gone_notification({ data: { notification, unread_count } }) {
    useNotifications().unread = unread_count
    if (notification.id !== null) useNotifications().drop(notification.id)
  },
} satisfies Readers
