// Setting an inbox up: what it is, who is in it, how its mailbox does. The list of inboxes itself is a collection.
import { api, upload } from '@/api/client'
import type { Schema, Values } from '@/api/forms'
import type { Agent, Id, Inbox } from '@/api/models'

import { useCollections } from './collections'
import { useSession } from './session'

export interface ChannelFormAnswer {
  settings_schema: Schema
  values: Values
  next_step: string
}
export interface Incoming {
  id: Id
  state: string
  reason: string
  sender: string
  subject: string
  received_at: string
}
export interface IncomingPage {
  meter: { received: number; processed: number; ignored: number; quarantined: number; waiting: number }
  payload: Incoming[]
  count: number
  per_page: number
}
export interface NotFetched {
  place: string
  key: string
  reason: string
  sender: string
  subject: string
  next_try: string | null
}
/** What a channel's tool takes: its own questions, and the channel's settings as they stand in the form. */
export interface ToolUse {
  input?: Record<string, unknown>
  channel?: Record<string, unknown>
  inbox_id?: Id
}

const at = (id: Id, tail = '') => `${useSession().base}/inboxes/${id}${tail}`
const onDesk = (id: Id, tail: string) => `${useSession().desk}/inboxes/${id}${tail}`
const known = () => useCollections().refresh('inbox')

export const loadInbox = (id: Id): Promise<Inbox> => api.get<Inbox>(at(id))

export async function saveInbox(id: Id, fields: Record<string, unknown>): Promise<Inbox> {
  const saved = await api.patch<Inbox>(at(id), fields)
  await known()
  return saved
}

export async function makeInbox(fields: Record<string, unknown>, members: Id[]): Promise<Inbox> {
  const made = await api.post<Inbox>(`${useSession().base}/inboxes`, fields)
  if (members.length) await saveInboxMembers(made.id, members)
  await known()
  return made
}

export const inboxMembers = async (id: Id): Promise<Agent[]> =>
  (await api.get<{ payload: Agent[] }>(`${useSession().base}/inbox_members/${id}`)).payload
export const saveInboxMembers = (id: Id, members: Id[]): Promise<unknown> =>
  api.patch(`${useSession().base}/inbox_members`, { inbox_id: id, user_ids: members })

/** The address of its new logo. */
export async function saveLogo(id: Id, file: File): Promise<string> {
  const form = new FormData()
  form.set('avatar', file)
  return (await upload<Inbox>(at(id), form, undefined, 'PATCH')).avatar_url ?? ''
}
export const removeLogo = (id: Id): Promise<unknown> => api.delete(at(id, '/avatar'))

// ── forms that the server describes ───────────────────────────────────────────────────────────────
export const inboxForm = (id: Id): Promise<Schema> => api.get<Schema>(onDesk(id, '/settings_form'))
/** Of a channel to be made, by its kind, or of one that is there. */
export const newChannelForm = (kind: string): Promise<ChannelFormAnswer> =>
  api.get(`${useSession().desk}/channels/${kind}/form`)
export const channelForm = (id: Id): Promise<ChannelFormAnswer> => api.get(onDesk(id, '/channel_form'))
/** What helps to set a channel up, by the one door that all channels have. */
export const askTool = <T>(kind: string, tool: string, use: ToolUse = {}): Promise<T> =>
  api.post<T>(`${useSession().desk}/channels/${kind}/tools/${tool}`, use)
/** Where to sign a mailbox in at its provider. */
export const signInAddress = async (provider: string, given: object): Promise<string> =>
  (await api.post<{ url: string }>(`${useSession().base}/${provider}/authorization`, given)).url

// ── the mailbox ───────────────────────────────────────────────────────────────────────────────────
export const incoming = (id: Id, state: string, page: number): Promise<IncomingPage> =>
  api.get<IncomingPage>(`${useSession().desk}/incoming`, { state, inbox_id: id, page })
/** What became of it. */
export const runAgain = (row: Id): Promise<Incoming> =>
  api.post<Incoming>(`${useSession().desk}/incoming/${row}/run_again`)
export const notFetched = async (id: Id): Promise<NotFetched[]> =>
  (await api.get<{ not_fetched: NotFetched[] }>(onDesk(id, '/mailbox'))).not_fetched
export const lookNow = (id: Id): Promise<unknown> => api.post(onDesk(id, '/look_now'))
/** A mail given by hand, as a file. */
export function handOver(id: Id, file: File): Promise<unknown> {
  const form = new FormData()
  form.set('file', file)
  return upload(onDesk(id, '/mail'), form)
}
