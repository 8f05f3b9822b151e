/** What the messenger does: loads the thread, keeps it in step with the server, and sends what the visitor writes. */
import { call, isFinal, isPassing, sentenceOf, upload, waitAfter } from './api'
import { Cable } from './cable'
import { announce, tellPage } from './frame'
import { Hold, momentOf } from './hold'
import { newEchoId, Outbox, page, storedBox } from './outbox'
import type { Introduction } from './prechat'
import { begins, firstState, type State, type Upload } from './state'
import { spoken, t } from './texts'
import { isOwn, merge, OUTGOING, sizeOf, unreadCount } from './thread'
import type { Answer, Conversation, Member, Message, Sender, Survey, Visitor } from './types'

const PAGE = 20
const PAGE_AFTER = 100
const TYPING_MS = 30_000
const TELL_TYPING_MS = 4_000
const DOWN_MS = 3_000
const BACK_MS = 2_000
const NOTICE_MS = 6_000

interface ConversationEvent {
  id: number
  status: string
  agent_last_seen_at?: number
  /** Its number, when this one goes on in another. */
  merged_into?: number
}

const NOTHING: Introduction = { contact: {}, contactAttributes: {}, conversationAttributes: {} }

const now = (): number => Math.floor(Date.now() / 1000)

export class Messenger {
  state: State = firstState(window.chatwootWebChannel)
  /** Called after each change. */
  readonly listeners = new Set<() => void>()
  private readonly cable: Cable
  private readonly outbox: Outbox
  private readonly hold: Hold
  private readonly heldFiles = new Map<string, ReturnType<typeof setTimeout>>()
  private seenAt = 0
  private seenId = 0
  /** Conversations were merged: what is shown may be elsewhere now. */
  private isMoved = false
  private typistTimer: ReturnType<typeof setTimeout> | undefined
  private lineTimer: ReturnType<typeof setTimeout> | undefined
  private noticeTimer: ReturnType<typeof setTimeout> | undefined
  private toldTypingAt = 0
  private quietTimer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    const name = `ventanilla:outbox:${visitorKey(window.authToken)}`
    const box = storedBox(name)
    this.hold = new Hold(`${name}:hold`)
    this.outbox = new Outbox(
      name,
      box,
      (entries) => this.set({ entries, heldUntil: this.hold.until }),
      (messages) => this.take(messages),
      undefined,
      this.hold,
    )
    this.set({ entries: box.read(), heldUntil: this.hold.until })
    this.cable = new Cable(window.chatwootPubsubToken, {
      onUp: () => void this.caughtUp(),
      onDown: () => this.lineIs(false),
      onEvent: (event, data) => this.hear(event, data),
    })
    document.addEventListener('visibilitychange', () => this.look())
    addEventListener('offline', () => this.lineIs(false))
  }

  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change }
    for (const listener of this.listeners) listener()
  }

  start(): void {
    this.cable.open()
    void this.loadMembers()
  }

  // ── in step with the server ──

  /** The subscription holds: fetch what came while it did not, then send what waited. */
  private async caughtUp(): Promise<void> {
    try {
      await this.load()
      this.lineIs(true)
      void this.outbox.send()
      for (const one of this.state.uploads) if (one.isWaiting) void this.upload(one.file, one.echoId)
    } catch (error) {
      if (!isPassing(error)) this.set({ isLoaded: true })
    }
  }

  async load(): Promise<void> {
    const isFirst = !this.state.isLoaded
    const last = this.state.messages.at(-1)?.id ?? 0
    const before = this.state.conversation?.id
    const [conversation, visitor, { payload, meta }] = await Promise.all([
      call<Partial<ConversationEvent>>('GET', 'conversations'),
      call<Visitor>('GET', 'contact'),
      call<{ payload: Message[]; meta: { contact_last_seen_at?: number } }>('GET', 'messages'),
    ])
    this.seenAt = Math.max(this.seenAt, meta.contact_last_seen_at ?? 0)
    const known = this.state.conversation?.id
    // A conversation that began while we asked is newer than the answer.
    const isOther = this.isMoved || (known === before && conversation.id !== known)
    const isLater = (conversation.id ?? 0) >= (known ?? 0)
    this.isMoved = false
    // Merged into an earlier one, that is where it goes on.
    if (isOther) this.set({ conversation: null, messages: [], hasEarlier: payload.length === PAGE, isFresh: false })
    if (conversation.id) this.knowConversation(conversation as ConversationEvent)
    this.set({ visitor, isLoaded: true })
    if (!isOther && last && (payload[0]?.id ?? 0) > last) await this.fillGap(last)
    this.take(payload, { isNews: last > 0 && isLater })
    if (isFirst) announce('on-start-conversation', { hasConversation: Boolean(conversation.id) })
  }

  /** What came after `last`, however much. */
  private async fillGap(last: number): Promise<void> {
    for (let page: Message[]; ; last = page.at(-1)!.id) {
      page = (await call<{ payload: Message[] }>('GET', `messages?after=${last}`)).payload
      this.take(page)
      if (page.length < PAGE_AFTER) return
    }
  }

  async loadEarlier(): Promise<void> {
    const first = this.state.messages[0]?.id
    if (!first) return
    const { payload } = await call<{ payload: Message[] }>('GET', `messages?before=${first}`)
    this.set({ hasEarlier: payload.length === PAGE, messages: merge(this.state.messages, payload) })
  }

  private async loadMembers(): Promise<void> {
    try {
      const { payload } = await call<{ payload: Member[] }>('GET', 'inbox_members')
      this.set({ members: payload })
    } catch {
      // Faces are an ornament; without them the greeting stands.
    }
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
      this.knowConversation(isTyping ? told.conversation : (data as ConversationEvent))
      if (isTyping && !told.is_private && told.user.type !== 'contact') {
        this.typing(event === 'conversation.typing_on' ? told.user : null)
      }
    } else if (event === 'presence.update') {
      this.set({ presence: (data as { users: Record<string, string> }).users })
    } else if (/^conversation\.(un)?merged$/.test(event)) {
      this.isMoved = true
      void this.caughtUp()
    } else if (event === 'contact.merged') void this.caughtUp()
  }

  private typing(typist: Sender | null): void {
    clearTimeout(this.typistTimer)
    this.set({ typist })
    if (typist) this.typistTimer = setTimeout(() => this.set({ typist: null }), TYPING_MS)
  }

  /** A later conversation takes the place of the one shown; an earlier one is history, and so is a merged one. */
  private knowConversation({ id, status, agent_last_seen_at, merged_into }: ConversationEvent): void {
    const known = this.state.conversation
    if (merged_into || (known && id < known.id)) return
    const isOther = known !== null && id > known.id
    const conversation: Conversation = {
      id,
      status,
      agentSeenAt: Math.max(agent_last_seen_at ?? 0, isOther ? 0 : (known?.agentSeenAt ?? 0)),
    }
    if (isOther) this.set({ messages: [], hasEarlier: false, isFresh: false })
    this.set({ conversation })
  }

  /** Put messages into the thread. */
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
    const fresh = mine.filter((message) => !before.has(message.id))
    const theirs = fresh.filter((message) => message.message_type === OUTGOING)
    if (theirs.length) {
      const conversation = this.state.conversation!
      // Whoever answers has read what stands above.
      this.set({
        conversation: { ...conversation, agentSeenAt: Math.max(conversation.agentSeenAt, theirs.at(-1)!.created_at) },
      })
      if (isNews) this.typing(null)
    }
    if (isNews) {
      for (const message of fresh) announce('on-message', message)
      if (theirs.length && !this.isLooking()) tellPage('playAudio')
    }
    this.count()
    this.look()
  }

  // ── what the visitor saw ──

  private isLooking(): boolean {
    return this.state.isOpen && document.visibilityState === 'visible'
  }

  private count(): void {
    const unread = this.state.isOpen ? 0 : unreadCount(this.state.messages, this.seenAt, this.seenId)
    if (unread === this.state.unread) return
    this.set({ unread })
    tellPage('handleNotificationDot', { unreadMessageCount: unread })
    if (this.state.isOpen) return
    tellPage('setBubbleLabel', {
      label: unread > 1 ? t('unreadMany', { count: unread }) : t(unread ? 'unreadOne' : 'open'),
    })
    this.showUnread(unread > 0 && this.state.wishes.showUnreadMessagesDialog !== false)
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
    const last = this.state.messages.findLast((message) => !isOwn(message))?.id ?? 0
    if (!this.isLooking() || last <= this.seenId) return
    // By ids and the server's clock: the visitor's own clock may be wrong.
    const isKnown = unreadCount(this.state.messages, this.seenAt, this.seenId) === 0
    this.seenId = last
    if (isKnown) return
    void call('POST', 'conversations/update_last_seen', {}).catch(() => (this.seenId = 0))
  }

  opened(isOpen: boolean): void {
    this.set({ isOpen, isUnreadView: false })
    this.count()
    this.look()
  }

  // ── what the visitor does ──

  say(content: string, introduction?: Introduction): void {
    const text = content.trim()
    if (!text) return
    // Only the first of several that wait opens the conversation; the others follow it there.
    const isBegun = this.state.entries.some((entry) => entry.begin && entry.failed === undefined)
    const begin = introduction ?? (this.state.isFresh && !isBegun ? NOTHING : undefined)
    this.outbox.add({ echoId: newEchoId(), content: text, createdAt: now(), ...(begin ? { begin } : {}) })
    this.quiet()
  }

  retry(echoId: string): void {
    const waiting = this.state.uploads.find((one) => one.echoId === echoId)
    if (waiting) void this.upload(waiting.file, echoId)
    else this.outbox.retry(echoId)
  }

  discard(echoId: string): void {
    this.set({ uploads: this.state.uploads.filter((one) => one.echoId !== echoId) })
    this.outbox.remove(echoId)
  }

  attach(files: Iterable<File>): void {
    const limit = this.state.channel.maxUploadBytes
    for (const file of files) {
      if (file.size > limit) this.notify(t('tooLarge', { size: sizeOf(limit) }))
      else if (!file.size) this.notify(t('emptyFile', { name: file.name }))
      else void this.upload(file, newEchoId())
    }
  }

  private async upload(file: File, echoId: string): Promise<void> {
    const others = (): State['uploads'] => this.state.uploads.filter((one) => one.echoId !== echoId)
    const createdAt = this.state.uploads.find((one) => one.echoId === echoId)?.createdAt ?? now()
    const show = (share: number, isWaiting = false, failure: Pick<Upload, 'failed' | 'isFinal'> = {}): void =>
      this.set({ uploads: [...others(), { echoId, file, share, createdAt, isWaiting, ...failure }] })
    show(0, this.hold.leftMs > 0)
    if (this.waitWith(file, echoId)) return
    try {
      const message = await upload<Message>(file, echoId, show)
      this.take([message])
      this.set({ uploads: others() })
    } catch (error) {
      if (waitAfter(error)) this.hold.start(waitAfter(error))
      show(
        0,
        isPassing(error),
        isPassing(error) ? {} : { failed: sentenceOf(error) || t('badFile'), isFinal: isFinal(error) },
      )
      this.waitWith(file, echoId)
    }
  }

  /** Whether the server wants to be left alone; the file goes out when that is over. */
  private waitWith(file: File, echoId: string): boolean {
    const { leftMs } = this.hold
    clearTimeout(this.heldFiles.get(echoId))
    this.heldFiles.delete(echoId)
    if (!leftMs) return false
    this.set({ heldUntil: this.hold.until })
    const goOn = (): void => {
      if (this.state.uploads.some((one) => one.echoId === echoId)) void this.upload(file, echoId)
    }
    this.heldFiles.set(echoId, setTimeout(goOn, leftMs))
    return true
  }

  /** The visitor typed a letter. */
  types(): void {
    if (begins(this.state)) return
    if (Date.now() - this.toldTypingAt > TELL_TYPING_MS) this.tellTyping('on')
    clearTimeout(this.quietTimer)
    this.quietTimer = setTimeout(() => this.quiet(), TELL_TYPING_MS)
  }

  /** The visitor stopped typing. */
  quiet(): void {
    clearTimeout(this.quietTimer)
    if (this.toldTypingAt) this.tellTyping('off')
  }

  private tellTyping(typing_status: 'on' | 'off'): void {
    this.toldTypingAt = typing_status === 'on' ? Date.now() : 0
    void call('POST', 'conversations/toggle_typing', { typing_status }).catch(() => undefined)
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

  /** `email` when we do not know the visitor's. */
  async requestTranscript(email: string): Promise<boolean> {
    return this.attempt(async () => {
      if (email) {
        await call('PATCH', 'contact', { email })
        this.set({ visitor: await call<Visitor>('GET', 'contact') })
      }
      await call('POST', 'conversations/transcript', {})
    })
  }

  async end(): Promise<void> {
    await this.attempt(async () => {
      await call('POST', 'conversations/toggle_status', {})
      await this.load()
    })
  }

  beginAnew(): void {
    this.set({ isFresh: true })
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
