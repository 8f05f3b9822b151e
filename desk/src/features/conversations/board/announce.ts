// What comes into a column is heard, or told by the browser, where that was chosen for it.
import type { Conversation, WallColumn } from '@/api/models'
import { t } from '@/i18n'
import { areQuietHours, play } from '@/stores/sounds'
import { useOwn } from '@/stores/own'

const SOUNDED_EVERY_MS = 3000
let sounded = 0

export function announce(column: WallColumn, conversation: Conversation | undefined): void {
  if (areQuietHours(new Date(), useOwn().own)) return
  if (column.sounds && Date.now() - sounded > SOUNDED_EVERY_MS) {
    sounded = Date.now()
    void play('drop').catch(() => undefined)
  }
  const away = document.visibilityState === 'hidden' || !document.hasFocus()
  if (column.notifies && away && 'Notification' in window && Notification.permission === 'granted')
    new Notification(column.name, {
      body: t('wall.came', { name: conversation?.meta.sender.name ?? '' }),
      tag: `column-${column.id}`,
    })
}

/** Whether the browser lets us; asked when someone switches it on. */
export async function mayNotify(): Promise<boolean> {
  if (!('Notification' in window)) return false
  return Notification.permission === 'granted' || (await Notification.requestPermission()) === 'granted'
}
