// What the palette can do: with the open conversation, and with the desk itself. The same commands as everywhere, so each
// can be undone.
import {
  AlarmClock,
  Archive,
  Ban,
  BellOff,
  Check,
  Flag,
  Keyboard,
  ListVideo,
  Mail,
  MailOpen,
  Merge,
  Monitor,
  Moon,
  Printer,
  RotateCcw,
  Sun,
} from 'lucide-vue-next'
import { Tag, UserRound, Users, Ellipsis, X } from 'lucide-vue-next'
import { computed, ref, watch, type Component, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import type { Agent, Conversation, Id, Macro, Priority, Status } from '@/api/models'
import { SHORTCUTS, useShortcutsSheet, type Shortcut } from '@/stores/shortcuts'
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
import { PRIORITIES } from '@/components/actChoices'
import { useCollections } from '@/stores/collections'
import { useConversations } from '@/stores/conversations'
import { useMacros } from '@/stores/macros'
import { useOwn } from '@/stores/own'
import { toggleOwnMute } from '@/stores/ownActs'
import { useSelection } from '@/stores/selection'
import { useSession } from '@/stores/session'
import { threadAsk, type ThreadAsk } from '@/stores/threadAsk'

export interface Place {
  name: string
  params?: Record<string, string | number>
  hash?: string
  query?: Record<string, string>
}
export interface Entry {
  key: string
  group: string
  label: string
  /** A second line: who, where. */
  second?: string
  /** At the end of the row. */
  hint?: string
  /** Epoch seconds, for what was written some time. */
  at?: number
  /** The key that does the same. */
  keys?: string
  icon?: Component
  /** In the icon's place: a channel's own, or somebody's picture. */
  channel?: string
  avatar?: { name: string; picture?: string | null }
  /** Where it leads, or what it does. */
  to?: Place
  run?: () => void
  /** Only for who types its name: without, the step that asks for it stands there. */
  typed?: boolean
  /** Asks which one first. */
  choices?: () => Entry[]
}
const THEMES = { light: Sun, dark: Moon, system: Monitor } as const

interface Acts {
  acts: ComputedRef<Entry[]>
  own: ComputedRef<Entry[]>
}

export function useActs(current: Ref<Conversation | undefined>): Acts {
  const { t } = useI18n()
  const session = useSession()
  const collections = useCollections()
  const selection = useSelection()
  const sheet = useShortcutsSheet()
  const macros = useMacros()
  macros.need()
  const mine = useOwn()
  const assignable = ref<Agent[]>([])
  const inboxes = computed(() => (selection.count ? selection.inboxes : [current.value?.inbox_id ?? []].flat()))
  watch(
    () => inboxes.value.join(),
    async () => {
      if (inboxes.value.length) assignable.value = await collections.assignableAgents(...inboxes.value).catch(() => [])
    },
    { immediate: true },
  )
  /** On what it acts, in words. */
  const group = computed(() =>
    selection.count
      ? t('palette.act_on_chosen', { count: selection.count })
      : t('palette.act_on', { id: current.value?.id ?? 0 }),
  )

  function act(key: string, label: string, icon: Component, run: () => unknown, keys?: Shortcut): Entry {
    return { key, group: group.value, label, icon, keys: keys && SHORTCUTS[keys], run: () => void run() }
  }
  function ask(key: string, label: string, icon: Component, keys: Shortcut | undefined, choices: () => Entry[]): Entry {
    return { key, group: group.value, label: `${label}…`, icon, keys: keys && SHORTCUTS[keys], choices }
  }

  /** Done by the thread itself, by a dialog of its own. */
  const inThread = (key: string, what: ThreadAsk, label: string, icon: Component): Entry =>
    act(key, label, icon, () => (threadAsk.value = what))

  /** The rows that are chosen, by the one change that all of them get. */
  function ofMany(): Entry[] {
    const state = (status: Status) => selection.change({ fields: { status } })
    const archive = () => selection.change({ fields: { status: 'resolved', close_reason: 'archived' } })
    const whose = (id: Id) => selection.change({ fields: { assignee_id: id } })
    const team = (id: Id) => selection.change({ fields: { team_id: id } })
    const priority = (key: Priority | null) => selection.change({ fields: { priority: key } })
    const snooze = (until: number | null) =>
      selection.change({ fields: { status: 'snoozed' }, ...(until ? { snoozed_until: until } : {}) })
    return [
      act('resolve', t('thread.resolve'), Check, () => state('resolved'), 'resolve'),
      act('archive', t('thread.archive'), Archive, archive, 'archive'),
      act('open', t('thread.open'), RotateCcw, () => state('open')),
      act('pending', t('thread.pending'), Ellipsis, () => state('pending')),
      ask('snooze', t('thread.snooze'), Moon, 'snooze', () => snoozes((until) => snooze(until))),
      act('me', t('panel.assign_me'), UserRound, () => session.user && whose(session.user.id), 'me'),
      ask('agent', t('keys.agent'), UserRound, 'agent', () => agents(whose)),
      ask('team', t('keys.team'), Users, 'team', () => teams(team)),
      ask('label', t('palette.label'), Tag, 'labels', () =>
        collections.labels.map((label) =>
          act(`label-${label.id}`, label.title, Tag, () => selection.change({ labels: { add: [label.title] } })),
        ),
      ),
      ask('priority', t('panel.priority'), Flag, 'priority', () => priorities(priority)),
      ...macrosOver((macro) => selection.runMacro(macro.id)),
      act('none', t('bulk.none'), X, selection.clear, 'back'),
    ]
  }
  function snoozes(choose: (until: number | null) => unknown): Entry[] {
    return mine.choices().map(({ key, label, until, moment }) => ({
      ...act(`snooze-${key}`, label, Moon, () => choose(until)),
      hint: moment,
    }))
  }
  function agents(choose: (id: Id) => unknown): Entry[] {
    return [
      act('nobody', t('panel.nobody'), UserRound, () => choose(0)),
      ...assignable.value.map((agent) => ({
        ...act(`agent-${agent.id}`, agent.available_name, UserRound, () => choose(agent.id)),
        avatar: { name: agent.available_name, picture: agent.thumbnail },
      })),
    ]
  }
  function teams(choose: (id: Id) => unknown): Entry[] {
    return [
      act('no-team', t('panel.no_team'), Users, () => choose(0)),
      ...collections.teams.map((team) => act(`team-${team.id}`, team.name, Users, () => choose(team.id))),
    ]
  }
  function priorities(choose: (key: Priority | null) => unknown): Entry[] {
    return [
      ...PRIORITIES.map((key) => act(`priority-${key}`, t(`priority.${key}`), Flag, () => choose(key))),
      act('no-priority', t('panel.no_priority'), Flag, () => choose(null)),
    ]
  }

  /** How each step went stands in the panel, or above the list where many are chosen. */
  function macrosOver(run: (macro: Macro) => unknown): Entry[] {
    if (!macros.list.length) return []
    const each = () => macros.list.map((macro) => act(`macro-${macro.id}`, macro.name, ListVideo, () => run(macro)))
    return [
      ask('macro', t('macros.run'), ListVideo, undefined, each),
      ...each().map((entry) => ({ ...entry, typed: true })),
    ]
  }

  function ofState(one: Conversation): Entry[] {
    const resolved = one.status === 'resolved'
    return [
      resolved
        ? act('reopen', t('thread.reopen'), RotateCcw, () => setStatus(one, 'open'), 'resolve')
        : act('resolve', t('thread.resolve'), Check, () => setStatus(one, 'resolved'), 'resolve'),
      ...(one.close_reason === 'archived'
        ? []
        : [
            act(
              'archive',
              t('thread.archive'),
              Archive,
              () => setStatus(one, 'resolved', null, true, 'archived'),
              'archive',
            ),
          ]),
      ...(one.status === 'pending'
        ? [act('open', t('thread.open'), RotateCcw, () => setStatus(one, 'open'))]
        : [act('pending', t('thread.pending'), Ellipsis, () => setStatus(one, 'pending'))]),
      ask('snooze', t('thread.snooze'), Moon, 'snooze', () => [
        ...snoozes((until) => setStatus(one, 'snoozed', until)),
        inThread('custom', 'custom', t('snooze.custom'), Moon),
      ]),
    ]
  }
  function ofOwner(one: Conversation): Entry[] {
    return [
      ...(one.meta.assignee?.id === session.user?.id
        ? []
        : [act('me', t('panel.assign_me'), UserRound, () => assignToMe(one), 'me')]),
      ask('agent', t('keys.agent'), UserRound, 'agent', () =>
        agents((id) =>
          assign(
            one,
            assignable.value.find((agent) => agent.id === id),
          ),
        ),
      ),
      ask('team', t('keys.team'), Users, 'team', () =>
        teams((id) =>
          assignTeam(
            one,
            collections.teams.find((team) => team.id === id),
          ),
        ),
      ),
    ]
  }
  function ofMarks(one: Conversation): Entry[] {
    const quiet = mine.levelOf(one.id) === 'nothing'
    return [
      ask('label', t('palette.label'), Tag, 'labels', () =>
        collections.labels.map((label) => ({
          ...act(`label-${label.id}`, label.title, Tag, () => toggleLabel(one, label.title)),
          hint: one.labels.includes(label.title) ? '✓' : undefined,
        })),
      ),
      ask('priority', t('panel.priority'), Flag, 'priority', () => priorities((key) => setPriority(one, key))),
      act('unread', t('thread.mark_unread'), MailOpen, () => markUnread(one), 'unread'),
      act('mute', t(quiet ? 'thread.unmute' : 'thread.mute'), BellOff, () => toggleOwnMute(one)),
      inThread('remind', 'remind', t('snooze.remind_menu'), AlarmClock),
      inThread('transcript', 'transcript', t('transcript.title'), Mail),
      act('block', t(one.muted ? 'thread.unblock' : 'thread.block'), Ban, () => setMuted(one, !one.muted)),
      ...(one.merged_into ? [] : [act('merge', t('merge.menu'), Merge, () => (useConversations().merging = one.id))]),
    ]
  }

  const acts = computed<Entry[]>(() => {
    const one = current.value
    const print = inThread('print', 'print', t('mail.print_thread'), Printer)
    if (!session.canWrite) return one ? [print] : []
    if (selection.count) return ofMany()
    if (!one) return []
    return [
      ...(one.merged_into ? [] : ofState(one)),
      ...ofOwner(one),
      ...ofMarks(one),
      print,
      ...macrosOver((macro) => macros.run(macro, [one.id])),
    ]
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
      keys: SHORTCUTS.help,
      run: () => void (sheet.open.value = true),
    },
  ])
  return { acts, own }
}
