/** What the messenger does: loads the thread, keeps it in step with the server, and sends what the visitor writes. */
import { call, isPassing, sentenceOf, waitAfter } from './api'
import { Cable } from './cable'
import { announce, tellPage } from './frame'
import { Hold, momentOf } from './hold'
import { keptFor } from './kept'
import { inConversation, newEchoId, Outbox, page, storedBox, type Box } from './outbox'
import type { Introduction } from './prechat'
import { goesOn, latest, seen, unreadIn, withConversation, withMessage, type ConversationEvent } from './rows'
import { begins, firstState, type State } from './state'
import { speak, spoken, t } from './texts'
import { merge, OUTGOING } from './thread'
import { Typing } from './typing'
import type { Answer, Conversation, Home, Message, Sender, Survey, Visitor } from './types'
import { Uploads } from './uploads'

const PAGE = 20
const PAGE_AFTER = 100
const TYPING_MS = 30_000
const DOWN_MS = 3_000
const BACK_MS = 2_000
const NOTICE_MS = 6_000

const NOTHING: Introduction = { contact: {}, contactAttributes: {}, conversationAttributes: {} }

const now = (): number => Math.floor(Date.now() / 1000)

export class Messenger {
  state: State = firstState(window.chatwootWebChannel)
  /** Called after each change. */
  readonly listeners = new Set<() => void>()
  /** What this browser keeps of the visitor, and what this tab does. */
  readonly kept = keptFor(visitorKey(window.authToken))
  private readonly tab = keptFor(visitorKey(window.authToken), true)
  private readonly cable: Cable
  private readonly outbox: Outbox
  private readonly uploads: Uploads
  private readonly typing = new Typing()
  private readonly hold: Hold
  private readonly box: Box
  /** The conversation that was chosen, by its number; 0 follows the latest. */
  private chosen = 0
  /** Conversations were merged: what is shown may be elsewhere now. */
  private isMoved = false
  private typistTimer: ReturnType<typeof setTimeout> | undefined
  private lineTimer: ReturnType<typeof setTimeout> | undefined
  private noticeTimer: ReturnType<typeof setTimeout> | undefined
  private launcherName = ''

  constructor() {
    const name = `ventanilla:outbox:${visitorKey(window.authToken)}`
    this.box = storedBox(name)
    this.hold = new Hold(`${name}:hold`)
    this.outbox = new Outbox(
      name,
      this.box,
      (entries) => this.set({ entries, heldUntil: this.hold.until }),
      (messages) => this.take(messages),
      undefined,
      this.hold,
    )
    this.uploads = new Uploads({
      limit: this.state.channel.maxUploadBytes,
      hold: this.hold,
      uploads: () => this.state.uploads,
      show: (uploads) => this.set({ uploads }),
      held: () => this.set({ heldUntil: this.hold.until }),
      notify: (sentence) => this.notify(sentence),
      sent: (message) => this.take([message]),
    })
    this.remember()
    this.cable = new Cable(window.chatwootPubsubToken, {
      onUp: () => void this.caughtUp(),
      onDown: () => this.lineIs(false),
      onEvent: (event, data) => this.hear(event, data),
    })
    document.addEventListener('visibilitychange', () => this.look())
    addEventListener('offline', () => this.lineIs(false))
  }

  /** Who reloads the page in the middle of a conversation continues in it. */
  remember(): void {
    const view = Number(this.tab.read('view'))
    this.set({
      visitorName: this.kept.read('name'),
      isMuted: this.kept.read('muted') !== '',
      entries: this.box.read(),
      heldUntil: this.hold.until,
    })
    // The page may tell what it kept after the line is up.
    if (this.state.isLoaded) void this.outbox.send()
    if (this.state.view === 'thread') return
    // What waits to begin a conversation is in none of those that the home view lists.
    if (!view && this.state.entries.some((one) => !one.to))
      return this.set({ view: 'thread', isFresh: this.isBeginning() })
    if (!view) return
    this.set({ view: 'thread' })
    if (this.state.isLoaded) this.choose(view)
    else this.chosen = view
  }

  /** Whether a conversation waits to begin, for the line or for the server's leave. */
  private isBeginning(): boolean {
    return this.state.entries.some((one) => one.begin && one.failed === undefined)
  }

  async speak(language: string): Promise<void> {
    if (language !== spoken()) await speak(language)
    this.set({})
    this.nameLauncher()
  }

  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change }
    for (const listener of this.listeners) listener()
  }

  start(): void {
    this.cable.open()
  }

  // ── in step with the server ──

  /** The subscription holds: fetch what came while it did not, then send what waited. */
  private async caughtUp(): Promise<void> {
    try {
      await this.load()
      this.lineIs(true)
      void this.outbox.send()
      this.uploads.goOn()
    } catch (error) {
      if (!isPassing(error)) this.set({ isLoaded: true })
    }
  }

  async load(): Promise<void> {
    const isFirst = !this.state.isLoaded
    const last = this.state.messages.at(-1)?.id ?? 0
    const before = this.state.conversation?.id
    const [home, payload] = await Promise.all([call<Home>('GET', 'home'), this.page()])
    this.set({
      visitor: home.contact,
      members: home.members,
      replySeconds: home.reply_seconds,
      rows: home.conversations,
      isLoaded: true,
    })
    const id = payload[0]?.conversation_id ?? latest(home.conversations)?.id ?? 0
    const known = this.state.conversation?.id
    // A conversation that began while we asked is newer than the answer; a merged one continues where the answer is from.
    const isOther = this.isMoved || (known === before && id !== (known ?? 0))
    this.isMoved = false
    if (isOther) {
      if (this.chosen) this.chosen = id
      this.set({ conversation: null, messages: [], hasEarlier: payload.length === PAGE, isFresh: this.isBeginning() })
    }
    const row = home.conversations.find((one) => one.id === id)
    if (row && (isOther || id >= (known ?? 0))) this.knowConversation(row)
    if (!isOther && last && (payload[0]?.id ?? 0) > last) await this.fillGap(last)
    this.take(payload, { isNews: last > 0 && id >= (known ?? 0) })
    if (isFirst) announce('on-start-conversation', { hasConversation: home.conversations.length > 0 })
    this.count()
  }

  /** The newest messages of the conversation that is shown. One that is gone gives way to the latest. */
  private async page(): Promise<Message[]> {
    const ask = async (id: number): Promise<Message[]> =>
      (await call<{ payload: Message[] }>('GET', inConversation('messages', id))).payload
    if (!this.chosen) return ask(0)
    return ask(this.chosen).catch((error: unknown) => {
      if (isPassing(error)) throw error
      this.goHome()
      this.chosen = 0
      return ask(0)
    })
  }

  /** What came after `last`, however much. */
  private async fillGap(last: number): Promise<void> {
    for (let page: Message[]; ; last = page.at(-1)!.id) {
      const path = inConversation(`messages?after=${last}`, this.state.conversation?.id)
      page = (await call<{ payload: Message[] }>('GET', path)).payload
      this.take(page)
      if (page.length < PAGE_AFTER) return
    }
  }

  async loadEarlier(): Promise<void> {
    const first = this.state.messages[0]?.id
    if (!first) return
    const path = inConversation(`messages?before=${first}`, this.state.conversation?.id)
    const { payload } = await call<{ payload: Message[] }>('GET', path)
    this.set({ hasEarlier: payload.length === PAGE, messages: merge(this.state.messages, payload) })
  }

  private lineIs(isUp: boolean): void {
    clearTimeout(this.lineTimer)
    const { line } = this.state
    if (isUp && line === 'down') {
      this.set({ line: 'back' })
      this.lineTimer = setTimeout(() => this.set({ line: 'up' }), BACK_MS)
    } else if (!isUp) {
      this.lineTimer = setTimeout(() => this.set({ line: 'down', typist: null }), DOWN_MS)
    }
  }

  private hear(event: string, data: unknown): void {
    if (event === 'message.created' || event === 'message.updated') {
      const message = data as Message & { previous_changes?: unknown }
      if (message.private) return
      this.take([message], { isNews: event === 'message.created' })
      if (event === 'message.updated' && message.content_attributes.submitted_values) announce('on-message', message)
    } else if (/^conversation\.(created|updated|status_changed|typing_o)/.test(event)) {
      const isTyping = event.startsWith('conversation.typing_o')
      const told = data as { conversation: ConversationEvent; user: Sender; is_private?: boolean }
      const conversation = isTyping ? told.conversation : (data as ConversationEvent)
      this.set({ rows: withConversation(this.state.rows, conversation) })
      this.knowConversation(conversation)
      const isOurs = conversation.id === this.state.conversation?.id
      if (isTyping && isOurs && !told.is_private && told.user.type !== 'contact') {
        this.types(event === 'conversation.typing_on' ? told.user : null)
      }
    } else if (event === 'presence.update') {
      this.set({ presence: (data as { users: Record<string, string> }).users })
    } else if (/^conversation\.(un)?merged$/.test(event)) {
      this.isMoved = true
      void this.caughtUp()
    } else if (event === 'contact.merged') void this.caughtUp()
  }

  /** Someone of the team types. */
  private types(typist: Sender | null): void {
    clearTimeout(this.typistTimer)
    this.set({ typist })
    if (typist) this.typistTimer = setTimeout(() => this.set({ typist: null }), TYPING_MS)
  }

  /** A later conversation takes the place of the one shown, unless that was chosen; a merged one is history. */
  private knowConversation({ id, status, agent_last_seen_at, merged_into }: ConversationEvent): void {
    const known = this.state.conversation
    const isOther = known !== null && id !== known.id
    if (merged_into || (isOther && (id < known.id || this.chosen !== 0)) || (this.chosen && id !== this.chosen)) return
    const conversation: Conversation = {
      id,
      status,
      agentSeenAt: Math.max(agent_last_seen_at ?? 0, isOther ? 0 : (known?.agentSeenAt ?? 0)),
    }
    if (isOther) this.set({ messages: [], hasEarlier: false, isFresh: false })
    this.set({ conversation })
    if (this.state.view === 'thread' && !this.state.isFresh) this.tab.write('view', String(id))
  }

  /** Put messages into the list and the thread. */
  private take(news: Message[], { isNews = true } = {}): void {
    for (const message of news) {
      const known = this.state.conversation
      if (!known || message.conversation_id > known.id)
        this.knowConversation({ id: message.conversation_id, status: 'open' })
    }
    const before = new Set(this.state.messages.map((message) => message.id))
    const mine = news.filter((message) => message.conversation_id === this.state.conversation?.id)
    const messages = merge(this.state.messages, mine)
    this.set({ messages })
    const fresh = isNews ? news.filter((message) => !before.has(message.id)) : []
    let { rows } = this.state
    for (const message of fresh) rows = withMessage(rows, message, !this.isLookingAt(message.conversation_id))
    this.set({ rows })
    this.agentAnswered(mine.filter((message) => !before.has(message.id)))
    for (const message of fresh) announce('on-message', message)
    const theirs = fresh.filter((message) => message.message_type === OUTGOING && !message.private)
    if (theirs.length) this.ring(theirs.at(-1)!)
    this.count()
    this.look()
  }

  /** Whoever answers has read what stands above, and types no more. */
  private agentAnswered(fresh: Message[]): void {
    const theirs = fresh.filter((message) => message.message_type === OUTGOING)
    const conversation = this.state.conversation
    if (!theirs.length || !conversation) return
    const agentSeenAt = Math.max(conversation.agentSeenAt, theirs.at(-1)!.created_at)
    this.set({ conversation: { ...conversation, agentSeenAt } })
    this.types(null)
  }

  /** Something was said that the visitor does not see. */
  private ring({ conversation_id }: Message): void {
    if (this.isLookingAt(conversation_id)) return
    tellPage('playAudio')
    if (!this.state.isMuted) void import('./sound').then(({ ring }) => ring())
    // Shown above the launcher: the conversation in which it was said.
    if (!this.state.isOpen && conversation_id !== this.state.conversation?.id) this.choose(conversation_id)
  }

  // ── what the visitor saw ──

  private isLookingAt(conversation: number | undefined): boolean {
    const { isOpen, view } = this.state
    return (
      isOpen &&
      view === 'thread' &&
      document.visibilityState === 'visible' &&
      conversation === this.state.conversation?.id
    )
  }

  private count(): void {
    const unread = unreadIn(this.state.rows)
    if (unread === this.state.unread) return
    this.set({ unread })
    tellPage('handleNotificationDot', { unreadMessageCount: this.state.isOpen ? 0 : unread })
    this.nameLauncher()
    if (this.state.isOpen) return
    this.showUnread(unread > 0 && this.state.wishes.showUnreadMessagesDialog !== false)
  }

  /** What the launcher is called, in the visitor's language. */
  private nameLauncher(): void {
    const { isOpen, unread, wishes } = this.state
    const closed = unread ? t('unread', { count: unread }) : String(wishes.launcherTitle || t('open'))
    const label = isOpen ? t('close') : closed
    if (label !== this.launcherName) tellPage('setBubbleLabel', { label: (this.launcherName = label) })
  }

  private showUnread(isUnreadView: boolean): void {
    if (isUnreadView === this.state.isUnreadView) return
    this.set({ isUnreadView })
    tellPage(isUnreadView ? 'setUnreadMode' : 'resetUnreadMode')
  }

  dismissUnread(): void {
    this.showUnread(false)
  }

  /** Tell the server that the visitor looks, if there is something new to see. */
  private look(): void {
    const id = this.state.conversation?.id
    if (!id || !this.isLookingAt(id)) return
    const { rows } = this.state
    if (!rows.some((row) => row.id === id && row.unread_count)) return
    this.set({ rows: seen(rows, id) })
    this.count()
    void call('POST', inConversation('conversations/update_last_seen', id), {}).catch(() => this.set({ rows }))
  }

  opened(isOpen: boolean): void {
    this.set({ isOpen, isUnreadView: false })
    this.nameLauncher()
    this.look()
    tellPage('handleNotificationDot', { unreadMessageCount: isOpen ? 0 : this.state.unread })
  }

  // ── where the visitor is ──

  goHome(): void {
    this.typing.stops()
    this.tab.write('view', '')
    this.set({ view: 'home', isFresh: false })
  }

  /** Open the thread of that conversation; 0 is a new one. */
  show(id: number): void {
    if (id) this.choose(id)
    this.set({ view: 'thread', isFresh: !id && this.state.rows.length > 0 })
    this.tab.write('view', id ? String(id) : '')
    this.look()
  }

  private choose(id: number): void {
    this.chosen = id
    this.set({ isFresh: false })
    if (this.state.conversation?.id === id) return
    const row = this.state.rows.find((one) => one.id === id)
    this.set({ conversation: null, messages: [], hasEarlier: false, typist: null })
    if (row) this.knowConversation(row)
    void this.page().then(
      (payload) => {
        if (this.state.conversation?.id !== id) return
        this.set({ hasEarlier: payload.length === PAGE })
        this.take(payload, { isNews: false })
      },
      () => undefined, // the line comes back, and then all is loaded
    )
  }

  /** Where a text of the home view goes. */
  target(): number {
    const { rows, channel } = this.state
    const row = goesOn(rows, {
      isSingle: channel.lockToSingleConversation,
      mayReopen: channel.allowMessagesAfterResolved,
    })
    return row?.id ?? 0
  }

  private leaveHome(): void {
    if (this.state.view !== 'home') return
    const target = this.target()
    this.show(target)
    if (!target) this.chosen = 0
  }

  // ── what the visitor does ──

  say(content: string, introduction?: Introduction): void {
    const text = content.trim()
    if (!text) return
    this.leaveHome()
    const { isFresh, conversation } = this.state
    // Only the first of several that wait opens the conversation; the others follow it there.
    const begin = introduction ?? (isFresh && !this.isBeginning() ? NOTHING : undefined)
    const to = begins(this.state) ? undefined : conversation?.id
    this.outbox.add({
      echoId: newEchoId(),
      content: text,
      createdAt: now(),
      ...(begin && { begin }),
      ...(!begin && to && { to }),
    })
    if (begin) this.chosen = 0
    if (introduction?.contact.name) this.named(introduction.contact.name)
    this.quiet()
  }

  retry(echoId: string): void {
    if (!this.uploads.retry(echoId)) this.outbox.retry(echoId)
  }

  discard(echoId: string): void {
    this.uploads.remove(echoId)
    this.outbox.remove(echoId)
  }

  attach(files: Iterable<File>): void {
    this.leaveHome()
    const { isFresh, conversation } = this.state
    this.uploads.add(files, isFresh ? 0 : conversation?.id)
  }

  /** The visitor typed a letter. */
  typesALetter(): void {
    const id = this.state.view === 'thread' && !begins(this.state) ? this.state.conversation?.id : 0
    if (id) this.typing.goesOn(id)
  }

  /** The visitor stopped typing. */
  quiet(): void {
    this.typing.stops()
  }

  /** The name the visitor goes by, to greet them with; kept in their browser alone. */
  named(name: string): void {
    this.kept.write('name', name.slice(0, 100))
    this.set({ visitorName: name })
  }

  mute(isMuted: boolean): void {
    this.kept.write('muted', isMuted ? '1' : '')
    this.set({ isMuted })
  }

  async giveEmail(message: Message, email: string): Promise<boolean> {
    return this.attempt(async () => {
      await call('PATCH', `messages/${message.id}`, { contact: { email } })
      this.amend(message, { submitted_email: email })
      this.set({ visitor: this.state.visitor && { ...this.state.visitor, has_email: true } })
    })
  }

  async answer(message: Message, submitted_values: Answer[] | Survey): Promise<boolean> {
    return this.attempt(async () => {
      await call('PATCH', `messages/${message.id}`, { message: { submitted_values } })
      this.amend(message, { submitted_values })
    })
  }

  private amend(message: Message, change: Message['content_attributes']): void {
    const content_attributes = { ...message.content_attributes, ...change }
    this.set({ messages: merge(this.state.messages, [{ ...message, content_attributes }]) })
  }

  /** The address where we answer a visitor who went away. */
  async leaveEmail(email: string): Promise<boolean> {
    return this.attempt(async () => {
      await call('PATCH', 'contact', { email })
      this.set({ visitor: await call<Visitor>('GET', 'contact') })
    })
  }

  /** `email` when we do not know the visitor's. */
  async requestTranscript(email: string): Promise<boolean> {
    if (email && !(await this.leaveEmail(email))) return false
    return this.attempt(async () => {
      await call('POST', inConversation('conversations/transcript', this.state.conversation?.id), {})
    })
  }

  async end(): Promise<void> {
    await this.attempt(async () => {
      await call('POST', inConversation('conversations/toggle_status', this.state.conversation?.id), {})
      await this.load()
    })
  }

  beginAnew(): void {
    this.show(0)
  }

  /** Do it; a refusal becomes a sentence. */
  async attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      const wait = waitAfter(error)
      this.notify(wait ? t('tryAt', { when: momentOf(Date.now() + wait) }) : sentenceOf(error) || t('failedNow'))
      return false
    }
  }

  notify(notice: string): void {
    clearTimeout(this.noticeTimer)
    this.set({ notice })
    this.noticeTimer = setTimeout(() => this.set({ notice: '' }), NOTICE_MS)
  }

  pageIs(url: string): void {
    page.url = url
  }

  async triggered(name: string): Promise<void> {
    const event_info = {
      referer: page.url,
      initiated_at: { timestamp: new Date().toISOString() },
      widget_language: spoken(),
    }
    await call('POST', 'events', { name, event_info }).catch(() => undefined)
  }
}

/** Who the session belongs to: the claim `source_id`; the token itself does not go into storage keys. */
export function visitorKey(token: string): string {
  try {
    const claims = atob(token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/'))
    return String((JSON.parse(claims) as { source_id: string }).source_id)
  } catch {
    return 'unknown'
  }
}
