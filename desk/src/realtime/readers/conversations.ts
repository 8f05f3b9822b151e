import { useConversations } from '@/stores/conversations'
import { useCounts } from '@/stores/counts'
import { useDrafts } from '@/stores/drafts'
import { useMessages } from '@/stores/messages'
import { useOpenings } from '@/stores/openings'
import { useScheduled } from '@/stores/scheduled'
import { useSharedDrafts } from '@/stores/sharedDrafts'

import type { DeskEvent } from '@/api/models'
import type { Readers } from '../reader'
import { wall } from '../wall'

/** Messages went from one conversation to another. */
const MOVES: DeskEvent<'conversation'>['name'][] = [
  'conversation.merged',
  'conversation.unmerged',
  'conversation.split',
]

export default {
  conversation({ name, data: { conversation } }) {
    // Who follows it, and what else its contact began, come with its opening alone.
    useOpenings().stale(name === 'conversation.created' ? undefined : conversation.id)
    useConversations().apply(conversation)
    useCounts().later()
    if (name === 'conversation.participants_changed') void useOpenings().refollow(conversation.id)
    if (MOVES.includes(name)) void useMessages().reread(conversation.id)
  },
  gone_conversation({ data: { id } }) {
    useConversations().remove(id)
    useMessages().drop(id)
    useCounts().later()
  },
  draft({ data }) {
    if (data.taken_by === null) useDrafts().apply(data)
    else useDrafts().taken(data, data.taken_by)
  },
  shared_drafts: ({ data }) => useSharedDrafts().changed(data.conversation_id),
  scheduled_message({ data }) {
    useScheduled().changed(data.conversation_id)
    wall.scheduled()
  },
} satisfies Readers
