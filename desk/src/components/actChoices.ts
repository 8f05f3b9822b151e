// What a conversation, or all that are chosen, can be given: whose, which team, which labels, how urgent. The same choices
// in the panel, over the list, and wherever else one is asked.
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

import type { Agent, Priority } from '@/api/models'
import { useCollections } from '@/stores/collections'
import { useLive } from '@/stores/live'

export const PRIORITIES: Priority[] = ['urgent', 'high', 'medium', 'low']
const NO_PRIORITY = 'none'
/** The priority behind a choice's key. */
export const priorityOf = (key: string): Priority | null => PRIORITIES.find((one) => one === key) ?? null

export function useLabelChoices() {
  const collections = useCollections()
  return computed(() =>
    collections.labels.map((label) => ({ key: label.title, label: label.title, colour: label.color })),
  )
}

export function useActChoices(assignable: () => Agent[]) {
  const { t } = useI18n()
  const collections = useCollections()
  const live = useLive()
  const agents = computed(() => [
    { key: 0, label: t('panel.nobody') },
    ...assignable().map((agent) => ({
      key: agent.id,
      label: agent.available_name,
      avatar: true,
      picture: agent.thumbnail,
      presence: live.users[agent.id] ?? agent.availability_status,
    })),
  ])
  const teams = computed(() => [
    { key: 0, label: t('panel.no_team') },
    ...collections.teams.map((team) => ({ key: team.id, label: team.name })),
  ])
  const priorities = computed(() => [
    ...PRIORITIES.map((key) => ({ key, label: t(`priority.${key}`) })),
    { key: NO_PRIORITY, label: t('panel.no_priority'), line: true },
  ])
  return { agents, teams, labels: useLabelChoices(), priorities }
}
