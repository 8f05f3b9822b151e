// What was written and is not confirmed yet. It survives a reload, goes out in order, and once: the server knows the key.
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { api, ApiError, Offline, upload } from '@/api/client'
import type { Attributes, Id, Message } from '@/api/models'

import { useConversations } from './conversations'
import { useMessages } from './messages'
import { useSession } from './session'

export interface Sending {
  echoId: string
  accountId: Id
  conversationId: Id
  content: string
  private: boolean
  attributes: Attributes
  createdAt: number
  state: 'queued' | 'sending' | 'failed'
  reason: string
  progress: number
  files: File[]
  fileNames: string[]
}

const KEY = 'outbox.v1'
const RETRY_MS = 3000

export function newKey(): string {
  return crypto.randomUUID
    ? crypto.randomUUID()
    : Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

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
  let running = false

  const of = computed(
    () => (conversationId: Id) => items.value.filter((item) => item.conversationId === conversationId),
  )

  /** Files cannot be kept over a reload; a text can, and is. */
  function keep(): void {
    const kept = items.value
      .filter((item) => item.fileNames.length === 0)
      .map((item) => ({ ...item, files: [], state: item.state === 'failed' ? 'failed' : 'queued' }))
    try {
      localStorage.setItem(`${KEY}.${session.user?.id}`, JSON.stringify(kept))
    } catch {
      // Storage is full or forbidden: what is queued still goes out from memory.
    }
  }

  function restore(): void {
    try {
      const kept = JSON.parse(localStorage.getItem(`${KEY}.${session.user?.id}`) ?? '[]') as Sending[]
      items.value = kept.filter((item) => item.accountId === session.accountId)
    } catch {
      items.value = []
    }
    void run()
  }

  function add(
    conversationId: Id,
    content: string,
    options: { private: boolean; attributes?: Attributes; files?: File[] },
  ): void {
    items.value.push({
      echoId: newKey(),
      accountId: session.accountId,
      conversationId,
      content,
      private: options.private,
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

  async function run(): Promise<void> {
    if (running) return
    running = true
    try {
      for (;;) {
        const item = items.value.find((one) => one.state === 'queued')
        if (!item) return
        item.state = 'sending'
        try {
          const message = await send(item)
          useMessages().apply(message)
          drop(item.echoId)
          useConversations().countsLater()
        } catch (error) {
          if (error instanceof Offline || (error instanceof ApiError && error.status >= 500)) {
            item.state = 'queued'
            setTimeout(() => void run(), RETRY_MS)
            return
          }
          item.state = 'failed'
          item.reason = error instanceof Error ? error.message : ''
          keep()
        }
      }
    } finally {
      running = false
    }
  }

  function send(item: Sending): Promise<Message> {
    const path = `${session.base}/conversations/${item.conversationId}/messages`
    if (item.files.length === 0)
      return api.post<Message>(path, {
        content: item.content,
        private: item.private,
        echo_id: item.echoId,
        ...copies(item),
        content_attributes: item.attributes,
      })
    const form = new FormData()
    form.set('content', item.content)
    form.set('private', String(item.private))
    form.set('echo_id', item.echoId)
    form.set('content_attributes', JSON.stringify(item.attributes))
    for (const [name, addresses] of Object.entries(copies(item))) form.set(name, addresses)
    for (const file of item.files) form.append('attachments[]', file, file.name)
    return upload<Message>(path, form, (done) => (item.progress = done))
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
    void run()
  }

  /** The live stream may tell of our own message before the call returns. */
  function confirmed(echoId: string): void {
    if (items.value.some((item) => item.echoId === echoId)) drop(echoId)
  }

  window.addEventListener('online', () => void run())
  return { items, of, add, retry, drop, confirmed, restore, run }
})
