// What waits to be sent in the conversations that were opened. Its truth is on the server; an event says "ask again".
import { defineStore } from 'pinia'
import { computed, shallowReactive } from 'vue'

import { api, upload } from '@/api/client'
import type { Attributes, Id, Message, Scheduled } from '@/api/models'

import { wasLeft } from './acts'
import { useConversations } from './conversations'
import { useMessages } from './messages'
import { newKey } from './newKey'
import { useSession } from './session'

/** A reply of one's own that can still be taken back, and when it leaves by the clock of this browser. */
export interface Held {
  row: Scheduled
  leavesAt: number
  /** One that was scheduled and is sent now goes back to its moment, not to the editor. */
  back?: () => Promise<void>
}
interface Waiting {
  rows: Scheduled[]
  failed: boolean
}

export const useScheduled = defineStore('scheduled', () => {
  const session = useSession()
  const known = shallowReactive(new Map<Id, Waiting>())
  const asked = new Map<Id, number>()
  // A try that may have arrived keeps its key until it is known to have.
  let pending: { about: string; key: string } | undefined

  const path = (id: Id, tail = '') => `${session.desk}/conversations/${id}/scheduled${tail}`
  const of = (id: Id): Waiting => known.get(id) ?? { rows: [], failed: false }

  /** Someone asks: what they hear, or that they hear nothing, counts unless it is asked again meanwhile. */
  function expecting(id: Id): (rows: Scheduled[] | undefined) => void {
    const turn = (asked.get(id) ?? 0) + 1
    asked.set(id, turn)
    return (rows) => {
      if (asked.get(id) !== turn) return
      for (const row of rows ?? []) if (row.undoable && row.author?.id === session.user?.id) keep(row)
      const before = known.get(id)
      if (!rows) known.set(id, { ...of(id), failed: true })
      else if (!before || before.failed || before.rows.length || rows.length) known.set(id, { rows, failed: false })
    }
  }

  const held = shallowReactive(new Map<Id, Held>())
  /** What was sent last and can be taken back. */
  const latest = computed<Held | undefined>(() => [...held.values()].at(-1))
  /** Those this browser has tried to send: what failed is left to the server. */
  const tried = new Set<Id>()
  /** Whatever leaves is sent by this browser at its moment; the server does it some seconds later where no one asks. */
  function keep(row: Scheduled, back?: () => Promise<void>): void {
    if (held.has(row.id) || tried.has(row.id) || row.state !== 'waiting') return
    if (row.leaves_in_ms < 1) return void leaves(row)
    held.set(row.id, { row, leavesAt: Date.now() + row.leaves_in_ms, back })
    setTimeout(() => held.delete(row.id) && void leaves(row), row.leaves_in_ms)
  }
  async function leaves(row: Scheduled): Promise<void> {
    tried.add(row.id)
    const was = useConversations().byId.get(row.conversation_id)
    try {
      useMessages().apply(await sendNow(row))
      if (was && row.then_status) wasLeft(was, row.then_status)
    } catch {
      // It left or was taken back elsewhere, or the server sends it.
      await load(row.conversation_id)
    }
  }
  /** One that was sent and waits. */
  function hold(row: Scheduled): void {
    keep(row)
    void load(row.conversation_id)
  }

  async function load(id: Id): Promise<void> {
    const take = expecting(id)
    try {
      take(await api.get<Scheduled[]>(path(id)))
    } catch {
      take(undefined)
    }
  }

  /** Someone scheduled, moved, cancelled or sent one. */
  function changed(id: Id): void {
    if (asked.has(id)) void load(id)
  }

  async function add(
    id: Id,
    content: string,
    sendAt: number,
    options: { attributes: Attributes; files: File[] },
  ): Promise<void> {
    const about = JSON.stringify([id, content, options.files.map((file) => [file.name, file.size, file.lastModified])])
    if (pending?.about !== about) pending = { about, key: newKey() }
    const fields = { content, send_at: sendAt, echo_id: pending.key, ...lines(options.attributes) }
    if (options.files.length === 0)
      await api.post<Scheduled>(path(id), { ...fields, content_attributes: options.attributes })
    else {
      const form = new FormData()
      for (const [name, value] of Object.entries(fields)) form.set(name, String(value))
      form.set('content_attributes', JSON.stringify(options.attributes))
      for (const file of options.files) form.append('attachments[]', file, file.name)
      await upload<Scheduled>(path(id), form)
    }
    pending = undefined
    await load(id)
  }

  async function move(one: Scheduled, sendAt: number): Promise<void> {
    await api.patch(path(one.conversation_id, `/${one.id}`), { send_at: sendAt })
    await load(one.conversation_id)
  }

  async function cancel(one: Scheduled): Promise<void> {
    await api.delete(path(one.conversation_id, `/${one.id}`))
    held.delete(one.id)
    await load(one.conversation_id)
  }

  /** Send it as soon as it can no longer be taken back; until then it can go back to its moment. */
  async function release(one: Scheduled): Promise<void> {
    const row = await api.patch<Scheduled>(path(one.conversation_id, `/${one.id}`), { undo: true })
    const back = async (): Promise<void> => {
      held.delete(one.id)
      tried.delete(one.id)
      await move(one, one.send_at)
    }
    keep(row, one.send_at * 1000 > row.leaves_in_ms + Date.now() ? back : undefined)
    await load(one.conversation_id)
  }

  async function sendNow(one: Scheduled): Promise<Message> {
    const message = await api.post<Message>(path(one.conversation_id, `/${one.id}/send_now`))
    await load(one.conversation_id)
    return message
  }

  return { known, held, latest, hold, of, expecting, load, changed, add, move, cancel, release }
})

/** Cc and Bcc as the contract takes them, so that a wrong address is refused by name. */
function lines(attributes: Attributes): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of ['to_emails', 'cc_emails', 'bcc_emails']) {
    const addresses = attributes[name]
    if (Array.isArray(addresses)) found[name] = addresses.join(',')
  }
  return found
}
