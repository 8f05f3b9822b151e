// Roles of the account and the look as somebody else: what the settings ask of the server.
import { api } from '@/api/client'
import type { Contradiction, Id, RoleColumn, Roles } from '@/api/models'

import { useSession } from './session'

const roles = (tail = '') => `${useSession().desk}/roles${tail}`

export type RoleFields = Partial<Pick<RoleColumn, 'name' | 'description' | 'sight' | 'inbox_ids' | 'capabilities'>>

export const loadRoles = (): Promise<Roles> => api.get<Roles>(roles())
export const createRole = (fields: RoleFields): Promise<RoleColumn> => api.post<RoleColumn>(roles(), fields)
export const saveRole = (key: string, fields: RoleFields): Promise<RoleColumn> =>
  api.patch<RoleColumn>(roles(`/${key}`), fields)
/** Its people get `moveTo`: another role's key. */
export const removeRole = (key: string, moveTo?: string): Promise<unknown> =>
  api.delete(roles(`/${key}`), { move_to: moveTo ?? null })
/** What of it the server would refuse, and why. */
export const tryRole = async (fields: RoleFields): Promise<Contradiction[]> =>
  (await api.post<{ contradictions: Contradiction[] }>(roles('/tried'), fields)).contradictions

const viewAs = (tail = '') => `${useSession().desk}/view_as${tail}`

/** This browser shows what that member sees, from the first screen on. */
export async function lookAs(agent: Id): Promise<void> {
  await api.post(viewAs(`/${agent}`))
  location.assign('/app/')
}
export async function lookAsOneself(): Promise<void> {
  await api.delete(viewAs())
  location.assign(`/app/accounts/${useSession().accountId}/settings/roles`)
}
