// What was written and is not confirmed yet. It survives a reload, goes out in the order of its conversation, and once: the
// server knows the key. What the server breaks on again and again is given back to its writer, and the others go on.
import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref } from 'vue'

import { api, ApiError, upload } from '@/api/client'
import type { Attributes, Id, Message, Scheduled } from '@/api/models'

import { useChannels } from './channels'
import { useConversations } from './conversations'
import { useMessages } from './messages'
import { newKey } from './newKey'
import { useOwn } from './own'
import { kindOf, MOST_TRIES, nextOf, pauseAfter, type Paced, waitOf } from './pace'
import { useScheduled } from './scheduled'
import { useSession } from './session'

/** What the conversation becomes once the reply was sent; `until` in epoch seconds, null until the next reply. */
export interface Afterwards {
  status: 'resolved' | 'snoozed'
  until: number | null
}
export interface Sending extends Paced {
  echoId: string
  content: string
  private: boolean
  attributes: Attributes
  createdAt: number
  reason: string
  /** The refusal by its name. */
  code?: string
  /** The newest public message that its writer had seen. */
  seen?: Id
  /** It waits on the server for as long as it can be taken back. */
  undo?: boolean
  then?: Afterwards
  progress: number
  files: File[]
  fileNames: string[]
}

const KEY = 'outbox.v1'
const HELD = 'outbox.held'

/** To, Cc and Bcc as the contract takes them: lines beside the content, so that a wrong address is refused by name. */
function copies(item: Sending): Record<string, string> {
  const lines: Record<string, string> = {}
  for (const name of ['to_emails', 'cc_emails', 'bcc_emails']) {
    const addresses = item.attributes[name]
    if (Array.isArray(addresses)) lines[name] = addresses.join(',')
  }
  return lines
}

export const useOutbox = defineStore('outbox', () => {
  const session = useSession()
  const items = ref<Sending[]>([])
  /** Of the account on the screen; those of the others wait until it is theirs. */
  const here = computed(() => items.value.filter((item) => item.accountId === session.accountId))
  let owner: Id | undefined
  let running = false
  let timer: ReturnType<typeof setTimeout> | undefined
  /** How often in a row the server was away. */
  let absences = 0
  let heldUntil = 0

  const of = computed(() => (conversationId: Id) => here.value.filter((item) => item.conversationId === conversationId))

  const place = (): string => `${KEY}.${session.user?.id}`

  /** Files cannot be kept over a reload; a text can, and is. */
  function keep(): void {
    const kept = items.value
      .filter((item) => item.fileNames.length === 0)
      .map((item) => ({ ...item, files: [], state: item.state === 'failed' ? 'failed' : 'queued' }))
    try {
      localStorage.setItem(place(), JSON.stringify(kept))
    } catch {
      // Storage is full or forbidden: what is queued still goes out from memory.
    }
  }

  function restore(): void {
    const known = owner === session.user?.id ? items.value : []
    owner = session.user?.id
    try {
      const kept = JSON.parse(localStorage.getItem(place()) ?? '[]') as Sending[]
      items.value = [...kept.filter((item) => !known.some((one) => one.echoId === item.echoId)), ...known]
    } catch {
      items.value = known
    }
    void run()
  }

  function add(
    conversationId: Id,
    content: string,
    options: { private: boolean; attributes?: Attributes; files?: File[]; seen?: Id; then?: Afterwards },
  ): void {
    items.value.push({
      echoId: newKey(),
      accountId: session.accountId,
      conversationId,
      content,
      private: options.private,
      undo: !options.private && (options.then !== undefined || waitsIn(conversationId) > 0),
      then: options.then,
      seen: options.seen,
      attributes: options.attributes ?? {},
      createdAt: Date.now() / 1000,
      state: 'queued',
      reason: '',
      progress: 0,
      files: options.files ?? [],
      fileNames: (options.files ?? []).map((file) => file.name),
    })
    keep()
    void run()
  }

  /** How many seconds a reply can be taken back there. */
  function waitsIn(conversationId: Id): number {
    const { own } = useOwn()
    const isMail = useChannels().isMail(useConversations().byId.get(conversationId)?.meta.channel)
    return isMail ? own.undo_send_mail_seconds : own.undo_send_seconds
  }

  /** Send what may go now, one at a time, and look again when the next may. */
  async function run(): Promise<void> {
    if (running) return
    running = true
    clearTimeout(timer)
    let rest = heldMs()
    try {
      while (!rest) {
        const item = nextOf(here.value, Date.now())
        if (!item) break
        item.state = 'sending'
        try {
          const taken = await send(item)
          absences = 0
          if (item.accountId === session.accountId) {
            if ('undoable' in taken) useScheduled().hold(taken)
            else useMessages().apply(taken)
          }
          drop(item.echoId)
          useConversations().countsLater()
        } catch (error) {
          rest = missed(item, error)
          keep()
        }
      }
    } finally {
      running = false
    }
    const wait = waitOf(here.value, Date.now(), rest)
    if (wait !== undefined) timer = setTimeout(() => void run(), wait)
  }

  /** What becomes of one that did not go out; how many milliseconds all of them wait for the server. */
  function missed(item: Sending, error: unknown): number {
    const kind = kindOf(error)
    const asked = error instanceof ApiError ? error.waitMs : 0
    item.state = 'queued'
    item.triedAt = Date.now()
    if (kind === 'broken') item.tries = (item.tries ?? 0) + 1
    if (kind === 'refused' || (item.tries ?? 0) >= MOST_TRIES) {
      item.state = 'failed'
      item.reason = error instanceof Error ? error.message : ''
      item.code = error instanceof ApiError ? error.code : ''
    }
    if (kind !== 'refused' && asked) hold(asked)
    return kind === 'away' ? Math.max(heldMs(), pauseAfter(++absences)) : heldMs()
  }

  /** The server wants to hear nothing for a while; a reload does not make us forget. */
  function hold(milliseconds: number): void {
    heldUntil = Date.now() + milliseconds
    try {
      localStorage.setItem(HELD, JSON.stringify({ since: Date.now(), until: heldUntil }))
    } catch {
      // Without storage it holds as long as the page.
    }
  }

  function heldMs(): number {
    let until = heldUntil
    try {
      const kept = JSON.parse(localStorage.getItem(HELD) ?? 'null') as { since: number; until: number } | null
      // A clock that went back since says nothing about how long is left.
      if (kept) until = kept.since <= Date.now() ? kept.until : 0
    } catch {
      // Storage is forbidden.
    }
    return Math.max(0, until - Date.now())
  }

  function send(item: Sending): Promise<Message | Scheduled> {
    const conversation = `accounts/${item.accountId}/conversations/${item.conversationId}`
    const path = item.undo ? `/api/desk/${conversation}/scheduled` : `/api/v1/${conversation}/messages`
    const said = {
      ...(item.seen === undefined ? {} : { seen_message_id: item.seen }),
      ...(item.undo ? { undo: true } : {}),
      ...(item.then ? { then_status: item.then.status } : {}),
      ...(item.then?.until ? { then_until: item.then.until } : {}),
    }
    if (item.files.length === 0)
      return api.post<Message | Scheduled>(path, {
        content: item.content,
        private: item.private,
        echo_id: item.echoId,
        ...said,
        ...copies(item),
        content_attributes: item.attributes,
      })
    const form = new FormData()
    form.set('content', item.content)
    form.set('private', String(item.private))
    form.set('echo_id', item.echoId)
    form.set('content_attributes', JSON.stringify(item.attributes))
    for (const [name, value] of Object.entries({ ...said, ...copies(item) })) form.set(name, String(value))
    for (const file of item.files) form.append('attachments[]', file, file.name)
    return upload<Message | Scheduled>(path, form, (done) => (item.progress = done))
  }

  function drop(echoId: string): void {
    items.value = items.value.filter((item) => item.echoId !== echoId)
    keep()
  }

  function retry(echoId: string): void {
    const item = items.value.find((one) => one.echoId === echoId)
    if (!item) return
    item.state = 'queued'
    item.reason = ''
    // Whoever tries again has read why it was refused.
    item.seen = undefined
    item.tries = 0
    item.triedAt = 0
    keep()
    void run()
  }

  /** The live stream may tell of our own message before the call returns. */
  function confirmed(echoId: string): void {
    if (items.value.some((item) => item.echoId === echoId)) drop(echoId)
  }

  const again = (): void => void run()
  window.addEventListener('online', again)
  onScopeDispose(() => {
    window.removeEventListener('online', again)
    clearTimeout(timer)
  })
  return { items, of, add, retry, drop, confirmed, restore, run }
})
