// What can be done with one message of a thread.
import { Code, Copy, Download, Forward, Link2, Printer, Reply, ReplyAll, Split, Trash2 } from 'lucide-vue-next'
import { computed, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import type { ListedInbox, Message } from '@/api/models'
import { useSession } from '@/stores/session'
import type { MenuItem } from '@/ui/UiMenu.vue'

export function useMessageMenu(
  props: { message: Message },
  about: { inbox: Ref<ListedInbox | undefined>; inMail: Ref<boolean> },
): ComputedRef<MenuItem[]> {
  const { t } = useI18n()
  const session = useSession()
  const mayDelete = (): boolean =>
    session.can('messages.delete') &&
    (session.isAdministrator || about.inbox.value?.allow_agent_to_delete_message !== false)

  return computed(() => {
    const { message } = props
    const gone = message.content_attributes.deleted === true
    const [line, reads] = [about.inMail.value, !session.canWrite]
    const isWhole = message.content_type === 'incoming_email' && !gone
    const items: (MenuItem & { unless?: boolean })[] = [
      { key: 'copy', label: t('common.copy'), icon: Copy, disabled: gone },
      { key: 'answer', label: t('thread.answer_this'), icon: Reply, disabled: gone || message.private || reads },
      { key: 'answer_all', label: t('mail.reply_all'), icon: ReplyAll, disabled: reads, unless: !line || gone },
      { key: 'forward', label: t('mail.forward'), icon: Forward, disabled: reads, unless: !line || gone },
      { key: 'print', label: t('mail.print_message'), icon: Printer, line, unless: message.private || gone },
      { key: 'source', label: t('mail.source'), icon: Code, unless: !isWhole },
      { key: 'download', label: t('mail.download'), icon: Download, unless: !isWhole },
      {
        key: 'split',
        label: t('merge.split'),
        icon: Split,
        disabled: reads,
        unless: message.content_type === 'input_csat',
      },
      { key: 'link', label: t('thread.copy_link'), icon: Link2, line },
      {
        key: 'delete',
        label: t('common.delete'),
        icon: Trash2,
        danger: true,
        line: true,
        disabled: gone || !mayDelete(),
      },
    ]
    return items.filter((one) => !one.unless)
  })
}
