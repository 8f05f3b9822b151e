// What the palette can do: with the open conversation, and with the desk itself. The same commands as everywhere, so each
// can be undone.
import { BellOff, Check, Flag, Keyboard, MailOpen, Merge, Monitor, Moon, RotateCcw, Sun } from 'lucide-vue-next'
import { Tag, UserRound, Users, Ellipsis } from 'lucide-vue-next'
import { computed, ref, watch, type Component, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import type { Agent, Conversation, Priority } from '@/api/models'
import { useShortcutsSheet } from '@/shell/shortcuts'
import {
  assign,
  assignTeam,
  assignToMe,
  markUnread,
  setMuted,
  setPriority,
  setStatus,
  toggleLabel,
} from '@/stores/acts'
import { useCollections } from '@/stores/collections'
import { useConversations } from '@/stores/conversations'
import { useSession } from '@/stores/session'
import { SNOOZES, snoozeUntil } from '@/stores/snooze'

export interface Entry {
  key: string
  group: string
  label: string
  hint?: string
  /** Epoch seconds, for what was written some time. */
  at?: number
  /** The key that does the same. */
  keys?: string
  icon: Component
  run: () => void
  /** Asks which one first. */
  choices?: () => Entry[]
}
const PRIORITIES: Priority[] = ['urgent', 'high', 'medium', 'low']
const THEMES = { light: Sun, dark: Moon, system: Monitor } as const

interface Acts {
  acts: ComputedRef<Entry[]>
  own: ComputedRef<Entry[]>
}

export function useActs(current: Ref<Conversation | undefined>): Acts {
  const { t } = useI18n()
  const session = useSession()
  const collections = useCollections()
  const sheet = useShortcutsSheet()
  const assignable = ref<Agent[]>([])
  watch(
    () => current.value?.inbox_id,
    async (inbox) => {
      if (inbox !== undefined) assignable.value = await collections.assignableAgents(inbox).catch(() => [])
    },
    { immediate: true },
  )
  const nothing = () => undefined

  function act(key: string, label: string, icon: Component, run: () => unknown, keys?: string): Entry {
    return { key, group: t('palette.act'), label, icon, keys, run: () => void run() }
  }
  function ask(key: string, label: string, icon: Component, keys: string, choices: () => Entry[]): Entry {
    return { key, group: t('palette.act'), label: `${label}…`, icon, keys, run: nothing, choices }
  }

  function ofState(one: Conversation): Entry[] {
    const resolved = one.status === 'resolved'
    return [
      resolved
        ? act('reopen', t('thread.reopen'), RotateCcw, () => setStatus(one, 'open'), 'E')
        : act('resolve', t('thread.resolve'), Check, () => setStatus(one, 'resolved'), 'E'),
      ...(one.status === 'pending'
        ? [act('open', t('thread.open'), RotateCcw, () => setStatus(one, 'open'))]
        : [act('pending', t('thread.pending'), Ellipsis, () => setStatus(one, 'pending'))]),
      ask('snooze', t('thread.snooze'), Moon, 'S', () =>
        SNOOZES.map((key) =>
          act(`snooze-${key}`, t(`snooze.${key}`), Moon, () => setStatus(one, 'snoozed', snoozeUntil(key, new Date()))),
        ),
      ),
    ]
  }
  function ofOwner(one: Conversation): Entry[] {
    return [
      ...(one.meta.assignee?.id === session.user?.id
        ? []
        : [act('me', t('panel.assign_me'), UserRound, () => assignToMe(one), 'I')]),
      ask('agent', t('keys.agent'), UserRound, 'A', () => [
        act('nobody', t('panel.nobody'), UserRound, () => assign(one, undefined)),
        ...assignable.value.map((agent) =>
          act(`agent-${agent.id}`, agent.available_name, UserRound, () => assign(one, agent)),
        ),
      ]),
      ask('team', t('keys.team'), Users, 'T', () => [
        act('no-team', t('panel.no_team'), Users, () => assignTeam(one, undefined)),
        ...collections.teams.map((team) => act(`team-${team.id}`, team.name, Users, () => assignTeam(one, team))),
      ]),
    ]
  }
  function ofMarks(one: Conversation): Entry[] {
    return [
      ask('label', t('panel.add_label'), Tag, 'L', () =>
        collections.labels.map((label) => ({
          ...act(`label-${label.id}`, label.title, Tag, () => toggleLabel(one, label.title)),
          hint: one.labels.includes(label.title) ? '✓' : undefined,
        })),
      ),
      ask('priority', t('panel.priority'), Flag, 'P', () => [
        ...PRIORITIES.map((key) => act(`priority-${key}`, t(`priority.${key}`), Flag, () => setPriority(one, key))),
        act('no-priority', t('panel.no_priority'), Flag, () => setPriority(one, null)),
      ]),
      act('unread', t('thread.mark_unread'), MailOpen, () => markUnread(one), 'U'),
      act('mute', one.muted ? t('thread.unmute') : t('thread.mute'), BellOff, () => setMuted(one, !one.muted)),
      ...(one.merged_into ? [] : [act('merge', t('merge.menu'), Merge, () => (useConversations().merging = one.id))]),
    ]
  }

  const acts = computed<Entry[]>(() => {
    const one = current.value
    if (!one || !session.canWrite) return []
    return [...(one.merged_into ? [] : ofState(one)), ...ofOwner(one), ...ofMarks(one)]
  })
  const own = computed<Entry[]>(() => [
    ...(Object.keys(THEMES) as (keyof typeof THEMES)[]).map((key) => ({
      key: `theme-${key}`,
      group: t('palette.desk'),
      label: `${t('nav.theme')}: ${t(`nav.${key}`)}`,
      icon: THEMES[key],
      run: () => void session.saveSettings({ theme: key }),
    })),
    {
      key: 'shortcuts',
      group: t('palette.desk'),
      label: t('keys.title'),
      icon: Keyboard,
      keys: '?',
      run: () => void (sheet.open.value = true),
    },
  ])
  return { acts, own }
}
