// What the account and the installation have of their own, beside the small collections.
import { api } from '@/api/client'
import type { Schema, Values } from '@/api/forms'
import type { Agent, Id, Installation, Invitation, Limits, Plugin, Warning } from '@/api/models'

import { useOwn } from './own'
import { useSession } from './session'

const base = () => useSession().base
const desk = () => useSession().desk

// ── the account ───────────────────────────────────────────────────────────────────────────────────
export const accountForm = (): Promise<Schema> => api.get<Schema>(`${desk()}/settings_form`)
export const loadAccount = (): Promise<Values> => api.get<Values>(base())
export async function saveAccount(values: Values): Promise<void> {
  await api.patch(base(), values)
  await useOwn().load()
}

// ── people ────────────────────────────────────────────────────────────────────────────────────────
export const invitations = (): Promise<Invitation[]> => api.get<Invitation[]>(`${desk()}/invitations`)
export const inviteAgain = (agent: Id): Promise<unknown> => api.post(`${base()}/agents/${agent}/invitation`)
/** To hand over: to the invitation that waits, else to a new password. */
export const linkFor = async (agent: Id): Promise<string> =>
  (await api.post<{ url: string }>(`${desk()}/agents/${agent}/link`)).url
export const teamMembers = (team: Id): Promise<Agent[]> => api.get<Agent[]>(`${base()}/teams/${team}/team_members`)
export const saveTeamMembers = (team: Id, members: Id[]): Promise<unknown> =>
  api.patch(`${base()}/teams/${team}/team_members`, { user_ids: members })

// ── the installation ──────────────────────────────────────────────────────────────────────────────
const installation = (tail = '') => `${desk()}/installation${tail}`
export const loadInstallation = (): Promise<Installation> => api.get<Installation>(installation())
export const saveAddress = (base_url: string): Promise<Installation> =>
  api.patch<Installation>(installation(), { base_url })
export const saveMailServer = (fields: object): Promise<Installation> =>
  api.put<Installation>(installation('/mail'), fields)
export const forgetMailServer = (): Promise<Installation> => api.delete<Installation>(installation('/mail'))
/** Send a mail by these settings, or by the kept ones; to whom it went. */
export const tryMailServer = async (fields: object = {}): Promise<string> =>
  (await api.post<{ to: string }>(installation('/mail/test'), fields)).to

export const plugins = async (): Promise<Plugin[]> =>
  (await api.get<{ payload: Plugin[] }>(`${desk()}/plugins`)).payload
export const turnPlugin = async (name: string, on: boolean): Promise<Plugin[]> =>
  (await api.patch<{ payload: Plugin[] }>(`${desk()}/plugins/${encodeURIComponent(name)}`, { on })).payload

export const warnings = async (): Promise<Warning[]> =>
  (await api.get<{ payload: Warning[] }>(`${desk()}/warnings`)).payload

export const limits = (): Promise<Limits> => api.get<Limits>(`${desk()}/limits`)
/** `null` is the operator's number again. */
export const setLimit = (name: string, value: number | null): Promise<Limits> =>
  api.patch<Limits>(`${desk()}/limits/${encodeURIComponent(name)}`, { value })
