// The thread on paper: one message, what is loaded, or all of it.
import { onScopeDispose } from 'vue'
import { useI18n } from 'vue-i18n'

import type { Conversation, ListedInbox, Message } from '@/api/models'
import { useChannels } from '@/stores/channels'
import { useMessages } from '@/stores/messages'
import { useSession } from '@/stores/session'

import { hasSheet, laySheet, printSheet, sheetOf, takeSheet } from './print'

const MOST_PRINTED = 1000

interface Paper {
  printMessage: (message: Message) => void
  printThread: () => Promise<void>
}

export function usePaper(conversation: () => Conversation, inbox: () => ListedInbox | undefined): Paper {
  const { t } = useI18n()
  const session = useSession()
  const messages = useMessages()
  const channels = useChannels()
  const thread = () => messages.thread(conversation().id)

  function words() {
    return {
      from: t('mail.from'),
      to: t('mail.to'),
      cc: t('mail.cc'),
      date: t('mail.date'),
      subject: t('mail.subject'),
      attached: t('mail.attached'),
      picture: t('mail.remote_picture'),
      parts: {
        history: t('mail.parts.history'),
        signature: t('mail.parts.signature'),
        footer: t('mail.parts.footer'),
      },
      cut: t('mail.cut_paper'),
    }
  }
  function sheet(list: readonly Message[], whole: boolean): HTMLElement {
    const about = {
      conversation: conversation(),
      inboxAddress: inbox()?.email ?? '',
      inboxName: inbox()?.name ?? '',
      locale: session.locale,
      isMail: channels.isMail(conversation().meta.channel),
      words: words(),
    }
    return sheetOf(list, about, { whole, note: !whole && !thread().complete ? t('mail.not_loaded') : undefined })
  }
  async function printThread(): Promise<void> {
    const { id } = conversation()
    while (!thread().complete && thread().messages.length < MOST_PRINTED) {
      const before = thread().messages.length
      await messages.older(id)
      if (conversation().id !== id) return
      if (thread().messages.length === before) break
    }
    await printSheet(sheet(thread().messages, false))
  }
  /** The browser's own way to print (Ctrl P) prints the thread too: what is loaded of it. */
  function beforePrint(): void {
    if (!hasSheet()) laySheet(sheet(thread().messages, false))
  }
  window.addEventListener('beforeprint', beforePrint)
  window.addEventListener('afterprint', takeSheet)
  onScopeDispose(() => {
    window.removeEventListener('beforeprint', beforePrint)
    window.removeEventListener('afterprint', takeSheet)
    takeSheet()
  })
  return { printMessage: (message) => void printSheet(sheet([message], true)), printThread }
}
