// How who is signed in proves who they are.
import { api } from '@/api/client'
import type { Id, ProposedApp, SecondStepRule, Security } from '@/api/models'

import { useSession } from './session'
import { makePasskey } from './webauthn'

export const loadSecurity = (): Promise<Security> => api.get('/api/desk/security')
export const proposeApp = (): Promise<ProposedApp> => api.post('/api/v1/profile/mfa')
export const removeApp = (): Promise<Security> => api.delete('/api/desk/security/authenticator')

/** The app's first code; the answer is the recovery codes, this once. */
export async function confirmApp(code: string): Promise<string[]> {
  return (await api.post<{ backup_codes: string[] }>('/api/v1/profile/mfa/verify', { otp_code: code })).backup_codes
}
export async function renewCodes(): Promise<string[]> {
  return (await api.post<{ backup_codes: string[] }>('/api/desk/security/recovery-codes')).backup_codes
}

/** Recovery codes with the first factor, this once; else none. */
export async function addPasskey(): Promise<string[]> {
  const made = await api.post<{ backup_codes: string[] }>('/api/desk/security/passkeys', { ...(await makePasskey()) })
  return made.backup_codes
}
export const renamePasskey = (id: Id, name: string): Promise<unknown> =>
  api.patch(`/api/desk/security/passkeys/${id}`, { name })
export const removePasskey = (id: Id): Promise<unknown> => api.delete(`/api/desk/security/passkeys/${id}`)

export const endSession = (id: Id): Promise<Security> => api.delete(`/api/desk/security/sessions/${id}`)
export const endOthers = (): Promise<Security> => api.delete('/api/desk/security/sessions')

/** What the account asks of its members' sign-in; `since`: a day, YYYY-MM-DD, or null for nobody. */
export const secondStepRule = (): Promise<SecondStepRule> => api.get(`${useSession().desk}/second_step`)
export const askForSecondStep = (since: string | null): Promise<SecondStepRule> =>
  api.patch(`${useSession().desk}/second_step`, { since })
