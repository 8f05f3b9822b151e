// A scheduled message comes back to the editor. Not the bubble's own work: it is gone as soon as the server has answered.
import { ApiError } from '@/api/client'
import type { Scheduled } from '@/api/models'
import { t } from '@/i18n'
import { useChannels } from '@/stores/channels'
import { useConversations } from '@/stores/conversations'
import { useDrafts } from '@/stores/drafts'
import { useScheduled } from '@/stores/scheduled'
import { fetchFile } from '@/stores/files'
import { useSession } from '@/stores/session'
import { toast } from '@/ui/toasts'

import { explain } from '@/stores/acts'
import { signsOn, withoutSignature } from '../composer/signing'
import { unsent } from '../mail/unsent'

/** Do something with one that may have been sent or cancelled by someone else at this moment. */
export async function attempt(one: Scheduled, act: () => Promise<unknown>): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) {
      toast(t('later.gone'))
      void useScheduled().load(one.conversation_id)
    } else explain(error)
  }
}

/**
 * Cancel it; its text is the draft then, unsigned. The files come back where its conversation is still open. What waited
 * for a moment of its own can be scheduled again: `again` is told which files the editor no longer needs.
 */
export async function takeBack(
  one: Scheduled,
  isOpen: () => boolean,
  again: (files: File[]) => void,
): Promise<File[] | undefined> {
  // The files first, while the server has them.
  const files = await Promise.all(one.files.map(fetchFile))
  if (files.length && !isOpen()) return undefined
  await useScheduled().cancel(one)
  const [session, drafts, id] = [useSession(), useDrafts(), one.conversation_id]
  const channel = useConversations().byId.get(id)?.meta.channel ?? ''
  const text = signsOn(channel, session.settings, useChannels().isMail(channel))
    ? withoutSignature(one.content, session.user?.message_signature ?? '')
    : one.content
  const before = drafts.get(id, 'reply')
  const now = [before, text].filter(Boolean).join('\n')
  drafts.set(id, 'reply', now)
  const undo = (): void =>
    void attempt(one, async () => {
      await useScheduled().add(id, one.content, one.send_at, { attributes: one.content_attributes, files })
      // What was written on since stays in the editor.
      if (drafts.get(id, 'reply') !== now) return
      drafts.set(id, 'reply', before)
      drafts.replaced += 1
      again(files)
    })
  toast(t('later.cancelled'), one.undoable || one.send_at * 1000 <= Date.now() ? undefined : undo)
  return isOpen() ? files : undefined
}

/** Cancel what was to be forwarded; its dialog shows it again as it was filled in. */
export async function forwardAgain(one: Scheduled): Promise<void> {
  await useScheduled().cancel(one)
  const given = one.content_attributes
  const people = (name: string): string[] => (Array.isArray(given[name]) ? given[name].map(String) : [])
  unsent.set(Number(given.forwarded_message_id), {
    head: {
      ...{ to: people('to_emails'), cc: people('cc_emails'), bcc: people('bcc_emails'), all: false },
      subject: typeof given.subject === 'string' ? given.subject : '',
    },
    comment: one.content,
    dropped: [],
  })
  toast(t('later.cancelled'))
}
