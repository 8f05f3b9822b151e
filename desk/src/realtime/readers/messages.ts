import type { Message } from '@/api/models'
import { useConversations } from '@/stores/conversations'
import { useCounts } from '@/stores/counts'
import { useLive } from '@/stores/live'
import { useMessages } from '@/stores/messages'
import { useOutbox } from '@/stores/outbox'
import { useSession } from '@/stores/session'
import { hearMessage } from '@/stores/sounds'

import type { Readers } from '../reader'

export default {
  message({ name, data: { message, conversation } }) {
    useMessages().apply(message)
    if (isOwn(message)) useOutbox().confirmed(message.echo_id)
    if (name === 'message.created') stopTyping(message)
    useConversations().apply(conversation)
    if (name === 'message.created') hearMessage(message, conversation)
    useCounts().later()
  },
} satisfies Readers

/** Sent by this user, and perhaps from this desk. */
function isOwn(message: Message): message is Message & { echo_id: string } {
  return !!message.echo_id && message.sender?.type === 'user' && message.sender.id === useSession().user?.id
}

function stopTyping({ conversation_id, sender, private: isPrivate }: Message): void {
  if (sender) useLive().setTyping(conversation_id, { ...sender, isPrivate }, false)
}
