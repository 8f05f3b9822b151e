// What happens to the text that is written: it is sent, now or later, and an empty field stands there for the next.
import { computed, nextTick, ref, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import type { Attributes, Conversation, Id, Message } from '@/api/models'
import { explain } from '@/stores/acts'
import { useChannels } from '@/stores/channels'
import { useCollections } from '@/stores/collections'
import { useDrafts, type Mode } from '@/stores/drafts'
import { useMessages } from '@/stores/messages'
import { useOutbox, type Afterwards, type Sending } from '@/stores/outbox'
import { useOwn } from '@/stores/own'
import { useScheduled } from '@/stores/scheduled'
import { useSession } from '@/stores/session'
import { keysOf, SHORTCUTS } from '@/stores/shortcuts'
import { toast } from '@/ui/toasts'

import { mailOf } from '../mail/mail'
import { useMailHead } from '../mail/mailHead'
import { gapsIn } from './field/gaps'
import type { Format, WritingField } from './field/writingField'
import { momentName } from './later'
import { isSigned } from './signing'
import { useCannedPane } from './useCannedPane'
import { useDraft } from './useDraft'
import { useFiles } from './useFiles'
import { useGuard } from './useGuard'
import { useSigning } from './useSigning'
import { useSuggestions } from './useSuggestions'
import { useTyping } from './useTyping'

export interface ComposerProps {
  conversation: Conversation
  answering?: Message
  answerAll?: boolean
  /** What came last is out of sight. */
  below?: boolean
}
/** What the thread is told. */
export interface ComposerHears {
  sent: () => void
  dropAnswer: () => void
  /** Once it is sent the conversation leaves the list. */
  left: () => void
  /** What a reply answers that came back. */
  answer: (id: Id) => void
}

export function useComposer(props: ComposerProps, field: Readonly<Ref<WritingField | null>>, hears: ComposerHears) {
  const { t } = useI18n()
  const session = useSession()
  const drafts = useDrafts()
  const outbox = useOutbox()
  const collections = useCollections()
  const channels = useChannels()
  const messages = useMessages()
  const id = (): number => props.conversation.id
  const isMail = computed(() => channels.isMail(props.conversation.meta.channel))

  const expanded = ref(false)
  const files = useFiles(() => props.conversation.meta.channel)
  const draft = useDraft(id, field, (isAnother) => {
    if (!isAnother) return
    files.files.value = []
    expanded.value = false
  })
  const { mode, text, isNote } = draft
  const typing = useTyping(id, () => isNote.value)
  const list = useSuggestions(field, { conversation: () => props.conversation, isNote: () => isNote.value })
  const canned = useCannedPane(field, {
    conversation: () => props.conversation,
    trigger: list.trigger,
    close: list.close,
    addFiles: files.add,
  })
  const signing = useSigning(
    () => props.conversation,
    () => isNote.value,
  )
  const thread = (): readonly Message[] => messages.thread(id()).messages
  const mail = useMailHead({
    conversation: () => props.conversation,
    messages: thread,
    answering: () => props.answering,
    all: () => props.answerAll === true,
    isMail: () => isMail.value,
  })

  const guard = useGuard(id, thread, () => props.below === true)

  const closed = computed(() => !isNote.value && !props.conversation.can_reply)
  const mailProblem = computed(() => (isMail.value && !isNote.value ? mail.problem.value : undefined))
  /** Whoever wrote here, and colleagues: offered while an address is typed. */
  const known = computed(() => [
    ...new Set([...thread().flatMap((one) => mailOf(one)?.from ?? []), ...collections.agents.map((one) => one.email)]),
  ])
  const hasSomething = computed(() => text.value.trim() !== '' || files.files.value.length > 0)
  /** Blanks that must be filled in before it can be sent. */
  const gaps = computed(() => gapsIn(text.value).length)
  const canSend = computed(
    () =>
      session.canWrite &&
      !closed.value &&
      !mailProblem.value &&
      hasSomething.value &&
      !gaps.value &&
      !canned.arriving.value,
  )
  /** Whether the customer's side shows marks; a note's readers always do. */
  const formats = computed(() => isNote.value || channels.of(props.conversation.meta.channel)?.markup !== 'plain')
  const keeping = ref(false)

  const written = (): string => signing.signed(canned.filled(text.value.trim()))
  function headers(): Attributes {
    const attributes: Attributes = props.answering && !isNote.value ? { in_reply_to: props.answering.id } : {}
    if (isMail.value && !isNote.value) Object.assign(attributes, mail.attributes())
    return attributes
  }
  /** An empty editor for the next message. */
  function begin(): void {
    if (isMail.value && !isNote.value) mail.forget()
    text.value = ''
    files.files.value = []
    expanded.value = false
    list.close()
    typing.stop()
    hears.dropAnswer()
    hears.sent()
    field.value?.focus()
  }
  function send(then?: Afterwards): boolean {
    if (!canSend.value || (!isNote.value && !guard.mayGo())) return false
    const seen = isNote.value ? undefined : guard.seen()
    const more = { private: isNote.value, attributes: headers(), files: files.files.value, seen, then }
    outbox.add(id(), written(), more)
    begin()
    return true
  }
  /** One act, which one undo takes back: the state changes when the message leaves. */
  function sendAnd(then: Afterwards): void {
    if (!isNote.value && send(then)) hears.left()
  }
  async function sendLater(at: number): Promise<void> {
    if (!canSend.value || keeping.value) return
    const to = id()
    keeping.value = true
    try {
      await useScheduled().add(to, written(), at, { attributes: headers(), files: files.files.value })
      toast(t('later.done', { time: momentName(at, useOwn().own.timezone, session.locale) }))
      // Another conversation may be open by now; its text is not ours to clear.
      if (id() === to) begin()
      else drafts.set(to, 'reply', '')
    } catch (error) {
      explain(error)
    } finally {
      keeping.value = false
    }
  }
  function sign(): void {
    if (!signing.signature.value) return toast(t('composer.no_signature'))
    if (signing.signs.value) return toast(t('signed.appended'))
    if (!isSigned(text.value, signing.signature.value))
      field.value?.append((text.value.trim() ? '\n' : '') + signing.signature.value)
  }
  function focus(next: Mode): void {
    if (!session.canWrite) return
    mode.value = next
    void nextTick(() => field.value?.focus())
  }
  watch(text, (now, before) => now && !before && guard.began())
  watch([() => props.answering?.id, () => props.answerAll] as const, ([to]) => {
    if (!to) return
    guard.began()
    focus('reply')
  })

  /** A text that could not leave, behind what is written by now. */
  function takeBack(content: string): void {
    field.value?.append(signing.unsigned(content))
  }
  /** A scheduled message that was cancelled; its text is the draft already. */
  function takeUp(attributes: Attributes, returned: File[]): void {
    mode.value = 'reply'
    draft.reread()
    files.add(returned)
    const people = (name: string): string[] => {
      const given = attributes[name]
      return Array.isArray(given) ? given.map(String) : []
    }
    if (isMail.value && people('to_emails').length) {
      const subject = typeof attributes.subject === 'string' ? { subject: attributes.subject } : {}
      mail.change({ to: people('to_emails'), cc: people('cc_emails'), bcc: people('bcc_emails'), ...subject })
    }
    void nextTick(() => field.value?.focus())
  }
  /** A button of the field; the list at the caret has no place beside what it changed. */
  function format(what: Format, address?: string): void {
    field.value?.format(what, address)
    list.close()
  }
  /** A reply that the server held: it comes back whole, and what was said meanwhile stands above it. */
  function returned(item: Sending): void {
    outbox.drop(item.echoId)
    const kept = [drafts.get(id(), 'reply'), signing.unsigned(item.content)]
    drafts.set(id(), 'reply', kept.filter(Boolean).join('\n'))
    takeUp(item.attributes, item.files)
    const to = item.attributes.in_reply_to
    if (typeof to === 'number') hears.answer(to)
    guard.refused()
    void messages.reread(id())
  }
  watch(
    () => outbox.of(id()).find((item) => item.code === 'not_seen'),
    (item) => item && returned(item),
    { immediate: true },
  )
  const guarding = {
    back: () => {
      guard.read()
      field.value?.focus()
    },
    anyway: () => {
      guard.read()
      send()
    },
    note: () => {
      guard.read()
      const said = text.value
      text.value = ''
      focus('note')
      void nextTick(() => nextTick(() => field.value?.append(said)))
    },
  }

  /** The keys of the field, but those that the list of suggestions takes. */
  function onMark(event: KeyboardEvent): boolean {
    const keys = keysOf(event)
    if (keys === SHORTCUTS.bold) format('bold')
    else if (keys === SHORTCUTS.italic) format('italic')
    else if (keys === SHORTCUTS.send_resolve && session.can('conversations.close'))
      sendAnd({ status: 'resolved', until: null })
    else return false
    return true
  }

  return {
    ...{ mode, text, isNote, expanded, isMail, closed, canSend, gaps, formats, keeping },
    ...{ mail, mailProblem, known, files, list, canned, signing, typing },
    ...{ guard, guarding, format, send, sendAnd, sendLater, sign, focus, takeBack, takeUp, onMark },
  }
}
