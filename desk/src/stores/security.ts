// How who is signed in proves who they are.
import { api } from '@/api/client'
import type { ProposedApp, Security } from '@/api/models'

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
