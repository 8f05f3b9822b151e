/** What the server says, as far as the messenger uses it (behaviour.md C.2). */
import type { Week, Windows } from './hours'

export interface PreChatField {
  field_type?: 'standard' | 'contact_attribute' | 'conversation_attribute'
  name: string
  type?: 'email' | 'text' | 'number' | 'link' | 'date' | 'list' | 'checkbox'
  label?: string
  placeholder?: string
  required?: boolean
  enabled?: boolean
  values?: string[]
  regex_pattern?: string | null
  regex_cue?: string | null
}

export interface Channel {
  websiteToken: string
  websiteName: string
  widgetColor: string
  avatarUrl: string
  welcomeTitle: string
  welcomeTagline: string
  replyTime: 'in_a_few_minutes' | 'in_a_few_hours' | 'in_a_day'
  locale: string
  enabledFeatures: string[]
  allowMessagesAfterResolved: boolean
  lockToSingleConversation: boolean
  disableBranding: boolean
  outOfOfficeMessage: string
  preChatFormEnabled: boolean
  preChatFormOptions: { pre_chat_message?: string; pre_chat_fields?: PreChatField[] }
  timezone: string
  openWindows: Windows
  openSpans: Week
  workingHoursEnabled: boolean
  maxUploadBytes: number
  /** Where to write when the chat cannot be used; "" when the company named no address. */
  supportEmail: string
}

export interface Sender {
  id: number
  name: string
  available_name?: string
  avatar_url?: string
  thumbnail?: string
  type?: string
}

export interface Attachment {
  id: number
  file_type: string
  data_url: string
  thumb_url?: string
  file_size?: number
  width?: number | null
  height?: number | null
  filename?: string
}

export interface Action {
  type: string
  text: string
  uri?: string
  payload?: string
}

/** An option, a field, a card or an article, by the message's content type. */
export interface Item {
  title?: string
  value?: string
  name?: string
  label?: string
  type?: string
  placeholder?: string
  default?: string
  required?: boolean
  options?: { label: string; value: string }[]
  description?: string
  media_url?: string
  link?: string
  actions?: Action[]
}

export interface Answer {
  name?: string
  title?: string
  value?: string
}

export interface Survey {
  csat_survey_response: { rating: number; feedback_message: string }
}

export interface Message {
  id: number
  content: string | null
  conversation_id: number
  /** 0 the visitor's, 1 the team's, 2 activity, 3 automatic. */
  message_type: number
  content_type: string
  content_attributes: {
    deleted?: boolean
    items?: Item[]
    submitted_email?: string
    submitted_values?: Answer[] | Survey
    display_type?: string
    in_reply_to?: number
  }
  created_at: number
  private?: boolean
  echo_id?: string | null
  sender?: Sender | null
  attachments?: Attachment[]
}

export interface Agent {
  id: number
  name: string
  avatar_url: string
}

/** A conversation in the visitor's list. `title`: what they wrote first; `text` and `author`: the last word. */
export interface ConversationRow {
  id: number
  status: string
  title: string
  text: string
  author: string
  is_own: boolean
  has_files: boolean
  said_at: number
  unread_count: number
  agent_last_seen_at: number
  agent: Agent | null
}

export interface Home {
  contact: Visitor
  members: Member[]
  conversations: ConversationRow[]
  reply_seconds: number | null
}

export interface Conversation {
  id: number
  status: string
  /** When someone of the team looked last, in seconds; 0 when no one did. */
  agentSeenAt: number
}

export interface Member {
  id: number
  name: string
  avatar_url: string
  availability_status: string
}

export interface Visitor {
  has_email: boolean
  has_name: boolean
  has_phone_number: boolean
}

declare global {
  interface Window {
    chatwootWebChannel: Channel
    chatwootPubsubToken: string
    authToken: string
    /** The desk shows its settings; no one visits. */
    isPreview?: boolean
    /** The plain form has taken over: the browser is below the floor, or the messenger stumbled before it was drawn. */
    isPlain?: boolean
    ReactNativeWebView?: { postMessage(text: string): void }
  }
}
