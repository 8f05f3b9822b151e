// What can be done with the open conversation from the head of its thread, and by keys.
import { BellOff, Check, Ellipsis, Mail, MailOpen, Merge, Moon, Printer, RotateCcw, Trash2 } from 'lucide-vue-next'
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import type { Conversation } from '@/api/models'
import { markUnread, setMuted, setStatus } from '@/stores/acts'
import { useConversations } from '@/stores/conversations'
import { useSession } from '@/stores/session'
import { isSnooze, SNOOZES, snoozeUntil } from '@/stores/snooze'
import type { MenuItem } from '@/ui/UiMenu.vue'
import { useShortcuts } from '@/stores/shortcuts'

/** A dialog that asks something before the act. */
export type Asking = 'transcript' | 'snooze' | 'delete'

export interface ThreadActs {
  asking: Ref<Asking | undefined>
  /** The menu of states is open; by the key S it offers only for how long. */
  statesOpen: Ref<boolean>
  states: ComputedRef<MenuItem[]>
  more: ComputedRef<MenuItem[]>
  choose: (key: string) => void
  toggleResolved: () => void
  /** Sent on its way or put off: the conversation leaves the list. */
  leaveAs: (status: 'resolved' | 'snoozed', until?: number | null) => void
}

export function useThreadActs(
  conversation: () => Conversation,
  on: { left: () => void; print: () => void },
): ThreadActs {
  const { t } = useI18n()
  const session = useSession()
  const asking = ref<Asking>()
  const statesOpen = ref(false)
  const onlySnoozes = ref(false)
  watch(statesOpen, (open) => !open && (onlySnoozes.value = false))
  const isMerged = () => conversation().merged_into !== null

  const snoozes = computed<MenuItem[]>(() => [
    ...SNOOZES.map((key, index) => ({ key, label: t(`snooze.${key}`), icon: Moon, line: index === 0 })),
    { key: 'custom', label: t('snooze.custom'), icon: Moon },
  ])
  const states = computed<MenuItem[]>(() => {
    if (onlySnoozes.value) return snoozes.value
    const { status } = conversation()
    const reopen = status === 'pending' ? t('thread.open') : t('thread.reopen')
    const items: MenuItem[] = [
      { key: 'open', label: reopen, icon: RotateCcw },
      { key: 'resolved', label: t('thread.resolve'), icon: Check },
      { key: 'pending', label: t('thread.pending'), icon: Ellipsis },
    ]
    return [...items.filter((item) => item.key !== status), ...snoozes.value]
  })
  const more = computed<MenuItem[]>(() => {
    const { muted } = conversation()
    const ofWriters: MenuItem[] = [
      { key: 'unread', label: t('thread.mark_unread'), icon: MailOpen, keys: 'U' },
      { key: 'mute', label: muted ? t('thread.unmute') : t('thread.mute'), icon: BellOff },
      { key: 'transcript', label: t('transcript.title'), icon: Mail },
    ]
    const drop = { key: 'delete', label: t('thread.delete_conversation'), icon: Trash2, danger: true, line: true }
    return [
      ...(session.canWrite ? ofWriters : []),
      { key: 'print', label: t('mail.print_thread'), icon: Printer },
      ...(session.canWrite && !isMerged() ? [{ key: 'merge', label: t('merge.menu'), icon: Merge }] : []),
      ...(session.isAdministrator ? [drop] : []),
    ]
  })

  function leaveAs(status: 'resolved' | 'snoozed', until?: number | null): void {
    void setStatus(conversation(), status, until)
    on.left()
  }
  const verbs: Record<string, () => unknown> = {
    custom: () => (asking.value = 'snooze'),
    transcript: () => (asking.value = 'transcript'),
    delete: () => (asking.value = 'delete'),
    unread: () => markUnread(conversation()),
    mute: () => setMuted(conversation(), !conversation().muted),
    print: on.print,
    merge: () => (useConversations().merging = conversation().id),
    open: () => setStatus(conversation(), 'open'),
    pending: () => setStatus(conversation(), 'pending'),
    resolved: () => leaveAs('resolved'),
  }
  function choose(key: string): void {
    if (isSnooze(key)) leaveAs('snoozed', snoozeUntil(key, new Date()))
    else verbs[key]?.()
  }
  function toggleResolved(): void {
    if (isMerged() || !session.canWrite) return
    if (conversation().status === 'open') leaveAs('resolved')
    else void setStatus(conversation(), 'open')
  }
  useShortcuts({
    e: toggleResolved,
    s: () => {
      if (isMerged() || !session.canWrite) return
      onlySnoozes.value = statesOpen.value = true
    },
    u: () => session.canWrite && void markUnread(conversation()),
  })
  return { asking, statesOpen, states, more, choose, toggleResolved, leaveAs }
}
