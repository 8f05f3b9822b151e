import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'

import type { Attributes, Conversation, User } from '@/api/models'
import { setLocale } from '@/i18n'
import { dismiss, settleToasts, toasts } from '@/ui/toasts'

import * as acts from './acts'
import { useCollections } from './collections'
import { useConversations } from './conversations'
import * as messageActs from './messageActs'
import { aConversation } from '@/testing/samples'
import { useSession } from './session'

const BRUNO = { id: 2, available_name: 'Bruno' } as never

/** How each act is asked for, so that it would change something. */
const ASKED: Record<string, (one: Conversation) => unknown> = {
  setStatus: (one) => acts.setStatus(one, 'resolved'),
  assign: (one) => acts.assign(one, BRUNO),
  assignToMe: (one) => acts.assignToMe(one),
  assignTeam: (one) => acts.assignTeam(one, { id: 3, name: 'Ventas' } as never),
  setPriority: (one) => acts.setPriority(one, 'urgent'),
  setLabels: (one) => acts.setLabels(one, ['vip']),
  toggleLabel: (one) => acts.toggleLabel(one, 'vip'),
  setAttributes: (one) => acts.setAttributes(one, { plan: 'pro' }),
  setMuted: (one) => acts.setMuted(one, true),
  markUnread: (one) => acts.markUnread(one),
  deleteConversation: (one) => acts.deleteConversation(one.id),
  sendTranscript: (one) => acts.sendTranscript(one, 'carla@acme.example'),
  deleteMessage: (one) => messageActs.deleteMessage(one.id, 5),
  retryMessage: (one) => messageActs.retryMessage(one.id, 5),
  leaveMessage: (one) => messageActs.leaveMessage(one.id, 5),
}
/** What changes nothing that others see; the server leaves no trace of an analyst's look. */
const READING = ['explain', 'forgetUnread', 'markSeen', 'mayWrite', 'opened', 'readSource', 'wasLeft']

let sent: { address: string; body: unknown }[] = []

beforeEach(async () => {
  setActivePinia(createPinia())
  await setLocale('es')
  for (const one of [...toasts]) dismiss(one.id)
  sent = []
  vi.stubGlobal('fetch', async (address: string, { body }: RequestInit = {}) => {
    sent.push({ address, body: typeof body === 'string' ? JSON.parse(body) : undefined })
    return new Response('{}')
  })
  useCollections().agents = [BRUNO]
})

const MAY = { agent: ['conversations.write'], analyst: [] }

function signedInAs(role: 'agent' | 'analyst'): void {
  const session = useSession()
  session.user = { id: 2, accounts: [{ id: 1, role, capabilities: MAY[role] }], ui_settings: {} } as unknown as User
  session.accountId = 1
}

function shown(attributes: Attributes = {}): Conversation {
  const one = aConversation({ id: 7, custom_attributes: attributes })
  useConversations().byId.set(7, one)
  return one
}

describe('D-ROL-02 whoever may only read', () => {
  it('has a line here for each act there is', () => {
    const all = Object.entries({ ...acts, ...messageActs }).flatMap(([name, one]) =>
      typeof one === 'function' ? [name] : [],
    )
    expect(all.sort()).toEqual([...Object.keys(ASKED), ...READING].sort())
  })

  it.each(Object.keys(ASKED))('changes and sends nothing by %s, and is told why', async (name) => {
    signedInAs('analyst')
    const one = shown()
    await ASKED[name]!(one)
    expect(sent).toEqual([])
    expect(useConversations().byId.get(7)).toEqual(one)
    expect(toasts.map((toast) => toast.text)).toEqual(['Con tu rol puedes ver, pero no cambiar nada'])
  })

  it.each(Object.keys(ASKED))('is alone in that: an agent sends %s', async (name) => {
    signedInAs('agent')
    await ASKED[name]!(shown())
    settleToasts()
    expect(sent.length).toBeGreaterThan(0)
  })
})

describe('Z-21 undoing a change of attributes', () => {
  it('touches the keys it changed and leaves what a colleague did since', async () => {
    signedInAs('agent')
    const before = { plan: 'free', city: 'Jaca', old: 'yes', list: ['a'] }
    await acts.setAttributes(shown(before), { plan: 'pro', city: 'Jaca', list: ['a'], added: 1 })
    const back = toasts.at(-1)!.undo!
    shown({ plan: 'pro', city: 'Huesca', list: ['a', 'b'], added: 1, theirs: true })
    sent = []
    back()
    await vi.waitFor(() => expect(sent).toHaveLength(1))
    expect(sent[0]!.body).toEqual({
      custom_attributes: { plan: 'free', city: 'Huesca', list: ['a', 'b'], old: 'yes', theirs: true },
    })
  })
})
