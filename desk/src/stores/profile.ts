// What who is signed in has of their own: profile, notifications, and invitations to accounts.
import { api, upload } from '@/api/client'
import type { Id, InvitationLink, NotificationPreferences, User, WaitingInvitation } from '@/api/models'

import { useOwn } from './own'
import { useSession } from './session'

const PROFILE = '/api/v1/profile'

export async function saveProfile(fields: object): Promise<void> {
  const session = useSession()
  const saved = await api.put<User>(PROFILE, { profile: fields })
  session.user = { ...saved, ui_settings: session.settings }
  await useOwn().load()
}
/** Every other session of theirs ends; this one goes on with a new cookie. */
export async function changePassword(passwords: object): Promise<void> {
  const session = useSession()
  session.user = await api.put<User>(PROFILE, { profile: passwords })
  await session.start()
}
export async function savePicture(file: File): Promise<void> {
  const form = new FormData()
  form.set('profile[avatar]', file)
  useSession().user = await upload<User>(PROFILE, form, undefined, 'PUT')
}
/** What programs of theirs sign in with; neither is kept. */
export const showAccessToken = async (): Promise<string> =>
  (await api.post<{ access_token: string }>('/api/desk/security/access-token')).access_token
export const resetAccessToken = async (): Promise<string> =>
  (await api.post<User>(`${PROFILE}/reset_access_token`)).access_token
export const undoEmailChange = (token: string): Promise<unknown> => api.post('/api/desk/email-undo', { token })
export const askForPassword = (email: string): Promise<unknown> => api.post('/api/desk/password-reset', { email })

// ── which news come, and how ──────────────────────────────────────────────────────────────────────
const preferences = (): string => `${useSession().desk}/notification_preferences`
export const notificationPreferences = (): Promise<NotificationPreferences> => api.get(preferences())
/** One kind by one way. */
export const switchNotification = (kind: string, way: string, on: boolean): Promise<NotificationPreferences> =>
  api.post(`${preferences()}/switch`, { kind, way, on })
/** How often mail comes, and when nothing makes a noise. */
export async function saveHours(changes: Partial<NotificationPreferences>): Promise<NotificationPreferences> {
  const saved = await api.patch<NotificationPreferences>(preferences(), changes)
  await useOwn().load()
  return saved
}

// ── invitations: by the link that was mailed or handed over, and those that wait for who is signed in ──
export const invitationBehind = (token: string): Promise<InvitationLink> => api.post('/api/desk/invitation', { token })
export const acceptLink = (token: string): Promise<unknown> => api.post('/api/desk/invitation/accept', { token })
export const declineLink = (token: string): Promise<unknown> => api.post('/api/desk/invitation/decline', { token })

export const waitingInvitations = (): Promise<WaitingInvitation[]> => api.get('/api/desk/invitations')
export async function answerInvitation(id: Id, yes: boolean): Promise<void> {
  const session = useSession()
  const said = await api.post<User | null>(`/api/desk/invitations/${id}/${yes ? 'accept' : 'decline'}`)
  if (yes && said) session.user = { ...said, account_id: session.user?.account_id ?? said.account_id }
}
