// The parts of an inbox's settings, in their order. One more is one entry: a view that is given the setup.
import type { Component } from 'vue'

import { t } from '@/i18n'

import ChannelPart from './ChannelPart.vue'
import CodePart from './CodePart.vue'
import GeneralPart from './GeneralPart.vue'
import HoursPart from './HoursPart.vue'
import MembersPart from './MembersPart.vue'
import PreChatPart from './PreChatPart.vue'
import type { InboxSetup } from './useInboxSetup'

interface Part {
  key: string
  view: Component<{ setup: InboxSetup }>
  shown?: (setup: InboxSetup) => boolean
  title?: (setup: InboxSetup) => string | undefined
}

const PARTS: Part[] = [
  { key: 'general', view: GeneralPart },
  { key: 'members', view: MembersPart },
  { key: 'form', view: PreChatPart, shown: ({ channel }) => channel?.in_our_widget === true },
  // A channel with much to set has a part of the screen for itself.
  {
    key: 'mail',
    view: ChannelPart,
    shown: ({ schema }) => schema?.part !== undefined,
    title: ({ schema }) => schema?.part?.title,
  },
  { key: 'hours', view: HoursPart },
  { key: 'code', view: CodePart, shown: ({ channel }) => channel?.visitors === true },
]

/** What the screen needs of one: said aloud, for the compiler would follow a view's type through all of Vue. */
interface ShownPart {
  key: string
  view: Component
  label: string
}

export const partsOf = (setup: InboxSetup): ShownPart[] =>
  PARTS.filter((part) => part.shown?.(setup) ?? true).map((part) => ({
    key: part.key,
    view: part.view,
    label: part.title?.(setup) ?? t(`settings.inboxes.tab_${part.key}`),
  }))
