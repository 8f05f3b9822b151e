// The shapes the desk works with. They come from the API's own description: a changed API breaks the type check here.
import type { components } from './generated/schema'

type Schemas = components['schemas']
// What the document calls an open object is, on the wire, JSON.
type Value<T> = T extends unknown ? (string extends keyof T ? Attributes : T) : never
// A field that may be missing is missing or there; the server leaves out rather than say null.
type Field<T> = undefined extends T ? Value<Exclude<T, null>> : Value<T>
type Shape<Name extends keyof Schemas> = { [Key in keyof Schemas[Name]]: Field<Schemas[Name][Key]> }
type With<T, Changes> = Omit<T, keyof Changes> & Changes

export type Id = number
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type Attributes = Record<string, Json>
export type Role = Schemas['AgentShape']['role']
export type Availability = Schemas['AgentShape']['availability']
export type Status = Schemas['ConversationShape']['status']
export type Priority = NonNullable<Schemas['ConversationShape']['priority']>

export type AccountOfUser = Shape<'UserAccountShape'>

export interface UiSettings {
  locale?: 'es' | 'en'
  theme?: 'light' | 'dark' | 'system'
  density?: 'comfortable' | 'compact'
  plain_field?: boolean
  editor_message_key?: 'enter' | 'cmd_enter'
  shortcuts_off?: boolean
  send_with_signature?: boolean
  nav_folded?: boolean
  panel_closed?: boolean
  folded_sections?: string[]
  folded_nav?: string[]
  go_to_next?: boolean
  [key: string]: unknown
}

export type User = With<Shape<'UserShape'>, { accounts: AccountOfUser[]; ui_settings: UiSettings }>

export type Boot = With<Shape<'BootShape'>, { user: User | null }>

export type SecondStep = With<Shape<'SecondStepShape'>, { ways: SecondWay[] }>
export type SecondWay = 'authenticator' | 'passkey' | 'recovery_code'
export type Passkey = Shape<'PasskeyShape'>
export type SessionSeen = Shape<'SessionShape'>
export type Security = With<Shape<'SecurityShape'>, { passkeys: Passkey[]; sessions: SessionSeen[] }>
export type SecondStepRule = Shape<'SecondStepRuleShape'>
export type ProposedApp = Shape<'ProposedShape'>

export type Agent = Shape<'AgentShape'>
export type Invitation = With<
  Shape<'InvitationShape'>,
  { state: 'waiting' | 'declined'; mail: { state: MailState; reason: string; at: string | null } }
>
export type MailState = 'queued' | 'trying' | 'sent' | 'failed' | 'not_sent'
export type Installation = Shape<'InstallationShape'>
export type InvitationLink = With<Shape<'LinkShape'>, { way: 'password' | 'sign_in' | 'either' }>
export type WaitingInvitation = Shape<'WaitingShape'>

export type Team = Shape<'TeamShape'>

export type Label = Shape<'LabelShape'>

export type AttributeDefinition = With<Shape<'AttributeDefinitionShape'>, { attribute_values: string[] }>
export type DisplayType = AttributeDefinition['attribute_display_type']

export type WorkingHour = Shape<'WorkingDayShape'>

export interface PreChatField {
  field_type: string
  name: string
  type: string
  label: string
  placeholder?: string
  required: boolean
  enabled: boolean
  values?: string[]
}

export interface SurveyConfig {
  display_type: 'emoji' | 'star'
  message: string
  survey_rules: { operator: 'contains' | 'does_not_contain'; values: string[] }
}

/** Settings of its channel stand beside the inbox's own and are documented as open: those the desk edits are named here. */
export type Inbox = Shape<'InboxShape'> & {
  csat_config?: SurveyConfig
  auto_assignment_config: { max_assignment_limit?: number | null }
  pre_chat_form_options?: { pre_chat_message?: string; pre_chat_fields: PreChatField[] }
  email?: string
  forward_to_email?: string
  signed_in_with?: string | null
}

/** What every screen says of an inbox; its settings ask for the whole of it. */
export type ListedInbox = Shape<'ListedInboxShape'>

export type ChannelFace = Shape<'ChannelFace'>
export type Plugin = Shape<'PluginShape'>
export type Limit = Shape<'LimitShape'>
export type Limits = Shape<'LimitListShape'>

export type Contact = Shape<'ContactShape'>
export type ListedContact = Shape<'ListedContactShape'>

export type Attachment = Shape<'AttachmentShape'>

export type Sender = Shape<'SenderShape'>

export type Message = With<Shape<'MessageShape'>, { sender?: Sender; attachments?: Attachment[] }>

export type Conversation = With<
  Shape<'ConversationShape'>,
  {
    meta: With<Shape<'ConversationMetaShape'>, { sender: Contact; assignee?: Agent; team?: Team }>
    messages: Message[]
    last_non_activity_message: Message | null
  }
>

export type ListMeta = Shape<'CountsShape'>

export type Folder = With<Shape<'FolderShape'>, { conditions: Condition[] }>
export type WallColumn = With<Shape<'WallColumnShape'>, { conditions: Condition[] }>
export type Wall = With<Shape<'BoardShape'>, { columns: WallColumn[] }>
export type ScheduledRow = Shape<'ScheduledShape'>
export type BulkChangeState = Shape<'BulkChangeShape'>
export type AlertLevel = 'all' | 'mine' | 'nothing'
export type Own = With<
  Shape<'OwnShape'>,
  { reminders: Record<Id, number>; alerts: Record<Id, Exclude<AlertLevel, 'all'>> }
>
export type Counts = With<Shape<'DeskCountsShape'>, Record<'by_inbox' | 'by_team' | 'by_label', Record<string, number>>>

export interface Condition {
  attribute_key: string
  filter_operator: string
  values: (string | number)[]
  query_operator: 'AND' | 'OR' | null
  attribute_model?: string
  custom_attribute_type?: string
}

/** What a condition may name: rows of which noun, and how a key of it is asked for. */
export type Noun = 'conversation' | 'contact' | 'message'
export type FilterField = Shape<'FilterFieldShape'>

export type CannedFile = Shape<'CannedFileShape'>
export type CannedResponse = With<
  Shape<'CannedShape'>,
  {
    variants: Record<string, string>
    files: CannedFile[]
    visibility: 'account' | 'team' | 'personal'
    team_id: Id | null
    used_at: number | null
  }
>
/** An action of a macro as the contract has it. */
export interface WireAction {
  action_name: string
  action_params: Json[]
}
export type Macro = With<
  Shape<'MacroShape'>,
  { actions: WireAction[]; created_by?: Agent; files?: { blob_id: string; filename: string }[] }
>
export type MacroStep = Shape<'MacroStepShape'>
export type MacroRun = With<Shape<'MacroRunShape'>, { steps: MacroStep[] }>
export type ActionKind = With<Shape<'ActionShape'>, { form: ActionForm }>
export interface ActionField {
  type: string
  title: string
  description?: string
  format?: string
  source?: string
  oneOf?: { const: string | number; title: string }[]
  items?: Omit<ActionField, 'items' | 'title'>
}
export interface ActionForm {
  required: string[]
  properties: Record<string, ActionField>
}
export type DashboardApp = With<Shape<'DashboardAppShape'>, { content: { type: 'frame'; url: string }[] }>
export type Language = Shape<'LanguageShape'>

export type Draft = Shape<'DraftShape'>
export type SharedDraft = Shape<'SharedDraftShape'>

export type Scheduled = With<
  Shape<'ScheduledShape'>,
  {
    author?: { id: Id; name: string } | null
    files: { filename: string; content_type: string; size: number; url: string }[]
  }
>

export type Previous = Shape<'PreviousShape'>

/** Who a contact is beyond the contract: name and surname apart, language, origin, addresses, notes. */
export type ContactCard = Schemas['CardShape'] & { notes: ContactNote[] }

/** Everything that thread and panel show of a conversation. */
export interface Opening {
  conversation: Conversation
  messages: Message[]
  scheduled: Scheduled[]
  shared_drafts: SharedDraft[]
  participants: Agent[]
  previous: Previous[]
  claims: { payload: Claim[]; is_verified: boolean }
  card: ContactCard | null
}

export type MergeCandidate = With<
  Shape<'MergeCandidateShape'>,
  { contact: { id: Id; name: string; email: string | null } }
>

export type Claim = With<
  Shape<'ClaimShape'>,
  {
    value: Json
    known: { id: Id; name: string; email: string | null; phone_number: string | null; thumbnail: string } | null
  }
>

export type Warning = With<Shape<'WarningShape'>, { values: Record<string, string | number> }>

export type RoleColumn = Schemas['RoleColumnShape']
export type Roles = Schemas['RolesShape']
export type Contradiction = Schemas['ContradictionShape']

export type ContactNote = With<Shape<'NoteShape'>, { user?: Agent }>

/** An event of the socket, by what it is about; the server's facts say what there is. What is gone comes by its id alone. */
export type DeskEvent<About extends DeskNoun = DeskNoun> = { [Noun in About]: EventAbout<Noun> }[About]
export type DeskNoun = keyof Schemas['DeskEvents']
type EventAbout<Noun extends DeskNoun> = With<Schemas['DeskEvents'][Noun], { data: Carried<Noun> }>
type Carried<Noun extends DeskNoun> = Noun extends `gone_${string}` ? Data<Noun> : Known<Data<Noun>>
type Data<Noun extends DeskNoun> = Schemas['DeskEvents'][Noun]['data']
type Known<Fields> = { [Key in keyof Fields]: Key extends keyof Nouns ? Nouns[Key] : Fields[Key] }
/** What the socket tells and forgets: who is there, types, looks. */
export type DeskMoment<Name extends keyof Moments = keyof Moments> = {
  [One in Name]: { name: One; data: Moments[One] }
}[Name]
type Moments = Schemas['DeskMoments']
interface Nouns {
  message: Message
  conversation: Conversation
  contact: Contact
  /** Without an id it is about all of them. */
  notification: Notification | { id: null }
}

export interface NoticeActor {
  id?: Id
  name?: string
  available_name?: string
  thumbnail?: string
}
export interface Notification {
  id: Id
  notification_type: string
  push_message_title: string
  primary_actor: Conversation
  /** The message it is about, or who did it. */
  secondary_actor?: (NoticeActor & { content?: string | null; attachments?: unknown[]; sender?: NoticeActor }) | null
  read_at: string | null
  created_at: number
  last_activity_at: number
}

export type NotificationKind = Shape<'NotificationKindShape'>
export type NotificationPreferences = With<Shape<'NotificationPreferencesShape'>, { kinds: NotificationKind[] }>
/** A step of an account's first hour; `facts` are its own. */
export interface FirstStep {
  name: string
  minutes: number
  is_done: boolean
  facts: Record<string, unknown>
}
export interface FirstSteps {
  has_ended: boolean
  steps: FirstStep[]
  sample: Id | null
}

/** What a browser subscribes to push messages with. */
export interface PushKey {
  public_key: string
}
