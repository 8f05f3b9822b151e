/** Everything the messenger shows, in one place; a change paints once. */
import { brandOf } from './colour'
import type { Entry } from './outbox'
import type { Channel, Conversation, Member, Message, Sender, Visitor } from './types'

const WAS_HERE = Boolean(new URLSearchParams(location.search).get('cw_conversation'))

export interface Upload {
  echoId: string
  file: File
  /** 0 to 1. */
  share: number
  createdAt: number
  failed?: string
  /** It would be refused again. */
  isFinal?: boolean
  isWaiting: boolean
}

export interface State {
  channel: Channel
  brand: string
  isOpen: boolean
  /** The page's wishes (`config-set`). */
  wishes: Record<string, unknown>
  /** Told who the visitor is by the page. */
  isIdentified: boolean
  visitor: Visitor | null
  conversation: Conversation | null
  /** The visitor asked for a new conversation after a resolved one. */
  isFresh: boolean
  isLoaded: boolean
  hasEarlier: boolean
  messages: Message[]
  entries: Entry[]
  /** Until when the server takes nothing more (milliseconds since 1970); 0 when it does. */
  heldUntil: number
  uploads: Upload[]
  members: Member[]
  presence: Record<string, string>
  typist: Sender | null
  /** "down" after some seconds without the server, "back" for a moment afterwards. */
  line: 'up' | 'down' | 'back'
  notice: string
  unread: number
  isUnreadView: boolean
}

export function firstState(channel: Channel): State {
  return {
    channel,
    brand: brandOf(channel.widgetColor),
    isOpen: false,
    wishes: {},
    isIdentified: false,
    visitor: null,
    conversation: null,
    isFresh: false,
    isLoaded: false,
    hasEarlier: false,
    messages: [],
    entries: [],
    heldUntil: 0,
    uploads: [],
    members: [],
    presence: {},
    typist: null,
    line: 'up',
    notice: '',
    unread: 0,
    isUnreadView: false,
  }
}

export const has = (state: State, feature: string): boolean => {
  const wish = {
    attachments: 'enableFileUpload',
    emoji_picker: 'enableEmojiPicker',
    end_conversation: 'enableEndConversation',
  }[feature]
  return state.channel.enabledFeatures.includes(feature) && (!wish || state.wishes[wish] !== false)
}

/** Resolved for good: the next message needs a new conversation. */
export const isClosed = (state: State): boolean =>
  state.conversation?.status === 'resolved' && !state.isFresh && !state.channel.allowMessagesAfterResolved

/** Whether the next message begins a conversation. */
export const begins = (state: State): boolean => !state.conversation || state.isFresh

/** Nothing was said yet, as far as we know: a visitor who was here before is waited for. */
export const isHome = (state: State): boolean =>
  begins(state) && !state.entries.length && !state.uploads.length && (state.isLoaded || !WAS_HERE)

/** Whether the visitor may write now, without a form before it and not after the end. */
export const canWrite = (state: State): boolean =>
  !isClosed(state) && !asksFirst(state) && (state.isLoaded || !state.channel.preChatFormEnabled)

/** Whether the form comes before the composer. */
export const asksFirst = (state: State): boolean =>
  state.isLoaded && begins(state) && state.channel.preChatFormEnabled && !state.entries.length && !state.uploads.length
