// How the desk is doing, as the server's checks find it, and what administrators may do about it.
import { api } from '@/api/client'
import type { components } from '@/api/generated/schema'
import type { Id } from '@/api/models'

import type { IncomingPage } from './inboxes'
import { useSession } from './session'

export type Health = components['schemas']['HealthShape']
export type Check = components['schemas']['CheckShape']
export type Found = components['schemas']['FoundShape']
export type SetAsideEvent = components['schemas']['SetAsideShape']
export type Mails = 'unopened' | 'quarantined' | 'without_message'

const at = (tail = '') => `${useSession().desk}/health${tail}`

export const loadHealth = (): Promise<Health> => api.get<Health>(at())

/** What came in and opened no conversation, whichever channel it came by. */
export const unopened = (state: Mails, page: number): Promise<IncomingPage> =>
  api.get<IncomingPage>(`${useSession().desk}/incoming`, { state, page })
export const discard = (id: Id): Promise<unknown> => api.post(`${useSession().desk}/incoming/${id}/discard`)
/** The bytes as they came; that somebody took them is noted. */
export const originalOf = (id: Id): string => `${useSession().desk}/incoming/${id}/raw`

export const setAside = async (): Promise<SetAsideEvent[]> =>
  (await api.get<{ payload: SetAsideEvent[] }>(at('/set_aside'))).payload
export const retrySetAside = (id: Id): Promise<unknown> => api.post(at(`/set_aside/${id}/retry`))
export const dropSetAside = (id: Id): Promise<unknown> => api.delete(at(`/set_aside/${id}`))

export const hurryOwnMail = (): Promise<unknown> => api.post(at('/own_mail/hurry'))
/** What the webhook about health is signed with; noted in the audit log. */
export const alertKey = async (): Promise<string> => (await api.post<{ key: string }>(at('/alert_key'))).key
