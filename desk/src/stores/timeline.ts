// What happened with a contact: a page at a time, and whether there is news.
import { api } from '@/api/client'
import type { components } from '@/api/generated/schema'
import type { Id } from '@/api/models'

import { useSession } from './session'

export type TimelineLine = components['schemas']['TimelineLine']
export type TimelinePage = components['schemas']['TimelinePage']

export function timelineOf(id: Id) {
  const path = (tail = '') => `${useSession().desk}/contacts/${id}/timeline${tail}`
  return {
    page: (group: string, before = '') => api.get<TimelinePage>(path(), { group, before }),
    news: async (group: string, after: string) =>
      (await api.get<{ count: number }>(path('/news'), { group, after })).count,
  }
}
