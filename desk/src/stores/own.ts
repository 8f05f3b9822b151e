// What this user keeps about conversations for themselves: which alert them of nothing, of which they are reminded; and the
// calendar by which "tomorrow" is counted.
import { defineStore } from 'pinia'
import { ref } from 'vue'

import { api } from '@/api/client'
import type { AlertLevel, Id, Own } from '@/api/models'
import { t } from '@/i18n'
import { momentNear } from '@/ui/time'

import { useSession } from './session'
import { snoozesAt, snoozeUntil, type SnoozeKey } from './snooze'

/** A moment that is offered by name. `until` in epoch seconds, null until the next reply. */
export interface SnoozeChoice {
  key: SnoozeKey
  label: string
  until: number | null
  /** When that is, as clocks where the agent is show it. */
  moment: string
}

export const useOwn = defineStore('own', () => {
  const session = useSession()
  const own = ref<Own>({
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    day_starts_at: '09:00',
    working_days: [1, 2, 3, 4, 5],
    undo_send_seconds: 0,
    undo_send_mail_seconds: 10,
    quiet_from: '',
    quiet_until: '',
    alerts: {},
    reminders: {},
  })
  /** How much the user is told of it. */
  const levelOf = (id: Id): AlertLevel => own.value.alerts[id] ?? 'all'

  async function load(): Promise<void> {
    own.value = await api.get<Own>(`${session.desk}/own`)
  }
  function choices(now = new Date()): SnoozeChoice[] {
    return snoozesAt(now, own.value).map((key) => {
      const until = snoozeUntil(key, now, own.value)
      const moment = until === null ? '' : momentNear(until, now, session.locale, own.value.timezone)
      return { key, label: t(`snooze.${key}`), until, moment }
    })
  }
  /** Epoch seconds at which the user is reminded of it. */
  const reminderOf = (id: Id): number | undefined => own.value.reminders[id]
  const momentOf = (at: number): string => momentNear(at, new Date(), session.locale, own.value.timezone)

  return { own, levelOf, load, choices, reminderOf, momentOf }
})
