// What an agent does with one message that stands in a thread.
import { api, readStart } from '@/api/client'
import type { Id, Message } from '@/api/models'
import { t } from '@/i18n'

import { explain, mayWrite } from './acts'
import { defer } from './deferred'
import { useMessages } from './messages'
import { useSession } from './session'

/** Do it, and show the message as it is then. */
async function change(send: (session: ReturnType<typeof useSession>) => Promise<Message>): Promise<void> {
  if (!mayWrite()) return
  try {
    useMessages().apply(await send(useSession()))
  } catch (error) {
    explain(error)
  }
}
const address = (conversation: Id, message: Id): string => `/conversations/${conversation}/messages/${message}`

/** Gone here at once, and for everybody once Undo has gone unused. */
export function deleteMessage(conversation: Id, message: Id): void {
  if (!mayWrite()) return
  const messages = useMessages()
  const before = messages.thread(conversation).messages.find((one) => one.id === message)
  if (before) messages.apply({ ...before, content: '', content_attributes: { deleted: true }, attachments: [] })
  const { base } = useSession()
  defer(
    t('told.message_deleted'),
    async () => messages.apply(await api.delete<Message>(`${base}${address(conversation, message)}`)),
    () => before && messages.apply(before),
  )
}

export const retryMessage = (conversation: Id, message: Id): Promise<void> =>
  change(({ base }) => api.post(`${base}${address(conversation, message)}/retry`))

/** Not to be sent again, whatever became of it: nobody is asked any more. */
export const leaveMessage = (conversation: Id, message: Id): Promise<void> =>
  change(({ desk }) => api.post(`${desk}${address(conversation, message)}/leave`))

// A mail of 25 MB would stop the page; what is wrong with one stands near its beginning.
export const SOURCE_BYTES = 512 * 1024
export const readSource = (address: string, signal: AbortSignal): Promise<{ text: string; cut: boolean }> =>
  readStart(address, SOURCE_BYTES, signal)
