// What stands above a mail that is being written: To, Cc, Bcc and the subject, with what they are when no one changes them.
import { computed, reactive, ref, watch } from 'vue'

import { api } from '@/api/client'
import type { Attributes, Conversation, Id, Message } from '@/api/models'
import { useCollections } from '@/stores/collections'
import { useSession } from '@/stores/session'

import {
  answeredByDefault,
  forwardedId,
  isAddress,
  MOST_SUBJECT_CHARS,
  recipientsOf,
  unique,
  type Recipients,
} from './recipients'
import { replySubject } from './subjects'

export interface Head extends Recipients {
  subject: string
  all: boolean
}

// ── our own addresses ────────────────────────────────────────────────────────────────────────────
const told = ref<{ account: Id; addresses: string[] }>()
let asking: Id | undefined

/** Addresses of all the account's inboxes; of those this agent sees until the server has said. */
export function useOwnAddresses() {
  const session = useSession()
  const collections = useCollections()
  async function ask(): Promise<void> {
    const account = session.accountId
    if (told.value?.account === account || asking === account) return
    asking = account
    try {
      told.value = { account, ...(await api.get<{ addresses: string[] }>(`${session.desk}/own_addresses`)) }
    } catch {
      // The next mail asks again; until then the inboxes this agent sees are known.
    } finally {
      asking = undefined
    }
  }
  const own = computed(() => {
    const mine = collections.inboxes.flatMap((one) => [one.email, one.forward_to_email])
    const all = told.value?.account === session.accountId ? told.value.addresses : []
    return new Set([...mine, ...all].filter((one): one is string => !!one).map((one) => one.toLowerCase()))
  })
  return { own, ask }
}

// ── kept while another conversation is open, and over a reload: the text beside it is kept too ────
const keyOf = (account: Id, conversation: Id) => `mail-head.v1.${account}.${conversation}`
type Kept = Recipients & { all: boolean; subject?: string }
function kept(key: string): Kept | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(key) ?? 'null') as Kept | null) ?? undefined
  } catch {
    return undefined
  }
}
function keep(key: string, head: Kept | undefined): void {
  try {
    if (head) sessionStorage.setItem(key, JSON.stringify(head))
    else sessionStorage.removeItem(key)
  } catch {
    // Then it is as it was before.
  }
}

/** The head of the next mail in a conversation. `answering`: the message someone chose to answer, alone or to all. */
export function useMailHead(given: {
  conversation: () => Conversation
  messages: () => readonly Message[]
  answering: () => Message | undefined
  all: () => boolean
  isMail: () => boolean
}) {
  const session = useSession()
  const { own, ask } = useOwnAddresses()
  const head = reactive<Head>({ to: [], cc: [], bcc: [], subject: '', all: false })
  const touched = reactive({ recipients: false, subject: false })

  const customer = computed(() => given.conversation().meta.sender.email ?? '')
  const base = computed(() => given.answering() ?? answeredByDefault(given.messages()))
  const everybody = computed(() => recipientsOf(base.value, { customer: customer.value, own: own.value, all: true }))
  const isFirst = computed(
    () => !given.messages().some((one) => !one.private && one.message_type !== 2 && forwardedId(one) === undefined),
  )
  const usualSubject = computed(() =>
    replySubject(String(given.conversation().additional_attributes.mail_subject ?? ''), isFirst.value),
  )

  function fill(): void {
    if (!touched.recipients)
      Object.assign(head, recipientsOf(base.value, { customer: customer.value, own: own.value, all: head.all }))
    if (!touched.subject) head.subject = usualSubject.value
  }
  function reset(): void {
    touched.recipients = touched.subject = false
    head.all = given.all()
    fill()
  }
  const key = computed(() => keyOf(session.accountId, given.conversation().id))

  watch(
    [() => given.conversation().id, () => given.answering()?.id, given.all, given.isMail] as const,
    ([id, answering], before) => {
      if (!given.isMail()) return
      void ask()
      const unsent = before?.[0] === id ? undefined : kept(key.value)
      if (unsent && !answering) {
        const { subject, ...recipients } = unsent
        Object.assign(head, recipients, { subject: subject ?? usualSubject.value })
        touched.recipients = true
        touched.subject = subject !== undefined
      } else reset()
    },
    { immediate: true },
  )
  watch([everybody, usualSubject], fill)

  /** Someone changed an address or the subject. */
  function change(changes: Partial<Head>): void {
    Object.assign(head, changes)
    if ('subject' in changes) touched.subject = head.subject !== usualSubject.value
    if ('to' in changes || 'cc' in changes || 'bcc' in changes) touched.recipients = true
    keep(key.value, {
      to: head.to,
      cc: head.cc,
      bcc: head.bcc,
      all: head.all,
      ...(touched.subject ? { subject: head.subject } : {}),
    })
  }
  function toggleAll(): void {
    const others = everybody.value.cc
    const all = !head.all
    const cc = all
      ? unique([...head.cc, ...others], head.to)
      : head.cc.filter((one) => !others.some((other) => other.toLowerCase() === one.toLowerCase()))
    change({ all, cc })
  }
  /** After sending: the next mail begins anew. */
  function forget(): void {
    keep(key.value, undefined)
    touched.recipients = touched.subject = false
    head.all = false
    fill()
  }

  const wrong = computed(() => [...head.to, ...head.cc, ...head.bcc].find((one) => !isAddress(one)) ?? '')
  const problem = computed(() => {
    if (wrong.value) return { key: 'mail.wrong_address', address: wrong.value }
    if (touched.recipients && head.to.length === 0) return { key: 'mail.no_recipient', address: '' }
    if (head.subject.length > MOST_SUBJECT_CHARS) return { key: 'mail.long_subject', address: '' }
    return undefined
  })

  /** What the message carries for the server. */
  function attributes(): Attributes {
    const carried: Attributes = {}
    if (head.to.length) carried.to_emails = [...head.to]
    if (head.cc.length) carried.cc_emails = [...head.cc]
    if (head.bcc.length) carried.bcc_emails = [...head.bcc]
    const subject = head.subject.trim()
    if (subject && subject !== usualSubject.value) carried.subject = subject
    return carried
  }
  return { head, everybody, usualSubject, problem, change, toggleAll, forget, attributes }
}
