// What can be done with the open conversation from the head of its thread, and by keys.
import {
  AlarmClock,
  Archive,
  Ban,
  Bell,
  BellOff,
  Check,
  Ellipsis,
  Mail,
  MailOpen,
  Merge,
  Moon,
  Printer,
  RotateCcw,
  Split,
  Trash2,
} from 'lucide-vue-next'
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import type { Conversation } from '@/api/models'
import { markUnread, setMuted, setStatus } from '@/stores/acts'
import { useConversations } from '@/stores/conversations'
import { useOwn } from '@/stores/own'
import { toggleOwnMute } from '@/stores/ownActs'
import { useSession } from '@/stores/session'
import type { MenuItem } from '@/ui/UiMenu.vue'
import { useShortcuts } from '@/stores/shortcuts'
import { threadAsk } from '@/stores/threadAsk'

import { useSplit } from './useSplit'

/** A dialog that asks something before the act. */
export type Asking = 'transcript' | 'snooze' | 'remind' | 'delete'

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
  const own = useOwn()
  const splitting = useSplit(() => conversation().id)
  const asking = ref<Asking>()
  const statesOpen = ref(false)
  const onlySnoozes = ref(false)
  watch(statesOpen, (open) => !open && (onlySnoozes.value = false))
  const isMerged = () => conversation().merged_into !== null

  const snoozes = computed<MenuItem[]>(() => [
    ...own.choices().map(({ key, label, moment }, index) => ({
      key: `until ${key}`,
      label,
      hint: moment,
      icon: Moon,
      line: index === 0,
    })),
    { key: 'custom', label: t('snooze.custom'), icon: Moon },
    { key: 'remind', label: t('snooze.remind_menu'), icon: AlarmClock, line: true },
  ])
  const states = computed<MenuItem[]>(() => {
    if (onlySnoozes.value) return snoozes.value
    const { status } = conversation()
    const reopen = status === 'pending' ? t('thread.open') : t('thread.reopen')
    const items: MenuItem[] = [
      { key: 'open', label: reopen, icon: RotateCcw },
      { key: 'resolved', label: t('thread.resolve'), icon: Check },
      { key: 'archived', label: t('thread.archive'), icon: Archive },
      { key: 'pending', label: t('thread.pending'), icon: Ellipsis },
    ]
    const isNow = (key: string) => key === (conversation().close_reason === 'archived' ? 'archived' : status)
    return [...items.filter((item) => !isNow(item.key)), ...snoozes.value]
  })
  const more = computed<MenuItem[]>(() => {
    const { muted } = conversation()
    const quiet = own.levelOf(conversation().id) === 'nothing'
    const ofWriters: MenuItem[] = [
      { key: 'unread', label: t('thread.mark_unread'), icon: MailOpen, keys: 'U' },
      { key: 'remind', label: t('snooze.remind_menu'), icon: AlarmClock },
      { key: 'mute', label: t(quiet ? 'thread.unmute' : 'thread.mute'), icon: quiet ? Bell : BellOff },
      { key: 'block', label: t(muted ? 'thread.unblock' : 'thread.block'), icon: Ban },
      { key: 'transcript', label: t('transcript.title'), icon: Mail },
    ]
    const drop = { key: 'delete', label: t('thread.delete_conversation'), icon: Trash2, danger: true, line: true }
    return [
      ...(session.canWrite ? ofWriters : []),
      { key: 'print', label: t('mail.print_thread'), icon: Printer },
      ...(session.canWrite && !isMerged() ? [{ key: 'merge', label: t('merge.menu'), icon: Merge }] : []),
      ...(session.canWrite && !isMerged() && splitting.wasSplit.value
        ? [{ key: 'unsplit', label: t('merge.unsplit'), icon: Split }]
        : []),
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
    remind: () => (asking.value = 'remind'),
    mute: () => toggleOwnMute(conversation()),
    block: () => setMuted(conversation(), !conversation().muted),
    print: on.print,
    unsplit: () => splitting.join(conversation().id),
    merge: () => (useConversations().merging = conversation().id),
    open: () => setStatus(conversation(), 'open'),
    pending: () => setStatus(conversation(), 'pending'),
    resolved: () =>
      conversation().status === 'resolved'
        ? setStatus(conversation(), 'resolved', null, true, 'resolved')
        : leaveAs('resolved'),
    archived: archive,
  }
  function archive(): void {
    if (isMerged() || !session.canWrite) return
    void setStatus(conversation(), 'resolved', null, true, 'archived')
    on.left()
  }
  function choose(key: string): void {
    const snooze = own.choices().find((one) => key === `until ${one.key}`)
    if (snooze) leaveAs('snoozed', snooze.until)
    else verbs[key]?.()
  }
  function toggleResolved(): void {
    if (isMerged() || !session.canWrite) return
    if (conversation().status === 'open') leaveAs('resolved')
    else void setStatus(conversation(), 'open')
  }
  watch(threadAsk, (asked) => {
    threadAsk.value = undefined
    if (asked) choose(asked)
  })
  useShortcuts({
    e: toggleResolved,
    s: () => {
      if (isMerged() || !session.canWrite) return
      onlySnoozes.value = statesOpen.value = true
    },
    u: () => session.canWrite && void markUnread(conversation()),
    y: () => conversation().close_reason !== 'archived' && archive(),
  })
  return { asking, statesOpen, states, more, choose, toggleResolved, leaveAs }
}
