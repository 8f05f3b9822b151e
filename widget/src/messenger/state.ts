/** Everything the messenger shows, in one place; a change paints once. */
import { brandOf } from './colour'
import type { Entry } from './outbox'
import { goesOn } from './rows'
import type { Channel, Conversation, ConversationRow, Member, Message, Sender, Visitor } from './types'

export interface Upload {
  /** The conversation it is for; 0 begins one, undefined is the latest. */
  to: number | undefined
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
  view: 'home' | 'thread'
  /** The page's wishes (`config-set`). */
  wishes: Record<string, unknown>
  /** Told who the visitor is by the page. */
  isIdentified: boolean
  /** The name they gave, or their page for them; "" when we know none. */
  visitorName: string
  visitor: Visitor | null
  /** All their conversations in short, in no order. */
  rows: ConversationRow[]
  /** The one that `messages` are of. */
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
  /** Who is here; null before we heard of it, when `members` say. */
  presence: Record<string, string> | null
  /** How soon the inbox usually answers, in seconds; null when too few answers were measured. */
  replySeconds: number | null
  /** This browser keeps nothing: the thread ends with the page. */
  isForgetful: boolean
  isMuted: boolean
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
    view: 'home',
    wishes: {},
    isIdentified: false,
    visitorName: '',
    visitor: null,
    rows: [],
    conversation: null,
    isFresh: false,
    isLoaded: false,
    hasEarlier: false,
    messages: [],
    entries: [],
    heldUntil: 0,
    uploads: [],
    members: [],
    presence: null,
    replySeconds: null,
    isForgetful: false,
    isMuted: false,
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

export const isResolved = (state: State): boolean => state.conversation?.status === 'resolved' && !state.isFresh

/** Whether the next message begins a conversation. */
export const begins = (state: State): boolean => !state.conversation || state.isFresh

/** Whether what is written next begins a conversation, in the view that is shown. */
const beginsHere = (state: State): boolean =>
  state.view === 'home'
    ? !goesOn(state.rows, {
        isSingle: state.channel.lockToSingleConversation,
        mayReopen: state.channel.allowMessagesAfterResolved,
      })
    : begins(state)

/** Whether the visitor may write now, without a form before it and not after the end. */
export const canWrite = (state: State): boolean =>
  (state.view === 'home' || !isClosed(state)) &&
  !asksFirst(state) &&
  (state.isLoaded || !state.channel.preChatFormEnabled)

/** Whether the form comes before the composer. */
export const asksFirst = (state: State): boolean =>
  state.isLoaded &&
  beginsHere(state) &&
  state.channel.preChatFormEnabled &&
  !state.entries.length &&
  !state.uploads.length
