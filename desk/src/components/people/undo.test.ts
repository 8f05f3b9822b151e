// The rule of the desk: what an agent does can be taken back in its toast and by Z. Each act of every module has a line.
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp, defineComponent, h, ref, type App } from 'vue'

import type { Contact, ContactCard, Conversation, Folder, User } from '@/api/models'
import { useActs, type Entry } from '@/features/palette/acts'
import { i18n, setLocale } from '@/i18n'
import * as acts from '@/stores/acts'
import { useCards } from '@/stores/cards'
import { useCollections } from '@/stores/collections'
import { useContacts } from '@/stores/contacts'
import { useConversations } from '@/stores/conversations'
import { useFolders } from '@/stores/folders'
import * as messageActs from '@/stores/messageActs'
import * as ownActs from '@/stores/ownActs'
import { useOwn } from '@/stores/own'
import { useSession } from '@/stores/session'
import { aContact, aConversation } from '@/testing/samples'
import { dismiss, settleToasts, toasts, undoLatest } from '@/ui/toasts'

import * as contactActs from './contactActs'

const BRUNO = { id: 2, available_name: 'Bruno' } as never
const ADDRESS = { id: 8, kind: 'email', value: 'otra@acme.example' }
const CARD = {
  id: 4,
  labels: ['vip'],
  last_name: 'Cliente',
  preferred_language: '',
  addresses: [ADDRESS],
  notes: [],
  merges: [{ id: 6, name: 'Otra', at: 1 }],
} as unknown as ContactCard
const FOLDER = {
  id: 5,
  name: 'Pagos',
  icon: 'star',
  team_id: null,
  conditions: [],
  filter_type: 'conversation',
  missing: [],
}
const folder = FOLDER as unknown as Folder
const CLAIM = { id: 3, field: 'email', value: 'x@acme.example' } as never

/** How each is asked for, so that it would change something. */
const OF_CONVERSATIONS: Record<string, (one: Conversation) => unknown> = {
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
  markRead: (one) => ownActs.markRead(one),
  deleteConversation: (one) => acts.deleteConversation(one.id),
  deleteMessage: (one) => messageActs.deleteMessage(one.id, 5),
  setAlertLevel: (one) => ownActs.setAlertLevel(one, 'nothing'),
  toggleOwnMute: (one) => ownActs.toggleOwnMute(one),
  setReminder: (one) => ownActs.setReminder(one, 2_000_000_000),
}
const OF_CONTACTS: Record<string, () => unknown> = {
  setContactLabels: () => contactActs.setContactLabels(4, ['vip', 'envío']),
  toggleContactLabel: () => contactActs.toggleContactLabel(4, 'vip'),
  setContactBlocked: () => contactActs.setContactBlocked(4, true),
  saveContact: () => contactActs.saveContact(4, { name: 'Carla Rojas' }),
  addContactNote: () => contactActs.addContactNote(4, 'Llega tarde'),
  removeContactNote: () => contactActs.removeContactNote(4, 9),
  deleteContact: () => contactActs.deleteContact({ id: 4, name: 'Carla' } as Contact),
  addContactAddress: () => contactActs.addContactAddress(4, 'email', 'dos@acme.example'),
  removeContactAddress: () => contactActs.removeContactAddress(4, 8),
  makeAddressPrimary: () => contactActs.makeAddressPrimary(4, 8),
  mergeContacts: () => contactActs.mergeContacts(4, 40),
  undoMerge: () => contactActs.undoMerge(4, 6),
  believeClaim: () => contactActs.believeClaim(4, CLAIM),
  declineClaim: () => contactActs.declineClaim(4, 3),
}
const OF_FOLDERS: Record<string, () => unknown> = {
  save: () => useFolders().save('conversation', { ...folder, name: 'Cobros' }, folder),
  make: () => useFolders().save('conversation', { ...folder, name: 'Cobros' }),
  remove: () => useFolders().remove(folder),
  move: () => useFolders().move(folder, 1),
  place: () => useFolders().place(folder, 15, true),
}
/** What has no way back, and why. */
const WITHOUT = {
  ...{
    explain: 'says something',
    mayWrite: 'asks',
    opened: 'looks',
    forgetUnread: 'looks',
    wasLeft: 'asks',
    markSeen: 'looks',
    readSource: 'looks',
  },
  ...{ sendTranscript: 'mail has left', retryMessage: 'mail has left', leaveMessage: 'nothing is sent or shown' },
}
/** Those that wait for their Undo: nothing is sent before it has gone unused. */
const DEFERRED = ['deleteConversation', 'deleteMessage', 'removeContactNote', 'deleteContact', 'declineClaim']

let sent: string[] = []
function answer(path: string, method = 'GET'): unknown {
  if (path.endsWith('/card') || path.includes('/addresses')) {
    const came = method === 'POST' ? [ADDRESS, { id: 81, kind: 'email', value: 'carla@acme.example' }] : [ADDRESS]
    return { ...CARD, addresses: method === 'DELETE' ? [] : came }
  }
  if (path.endsWith('/undo') || path.endsWith('/accept')) return { contact_id: path.endsWith('/undo') ? 40 : 4 }
  if (path.endsWith('/labels')) return { payload: ['vip', 'envío'] }
  if (path.endsWith('/notes')) return { id: 9, content: 'Llega tarde' }
  if (path.includes('/contacts/'))
    return { payload: aContact({ id: 4, name: method === 'PATCH' ? 'Carla Rojas' : 'Carla', custom_attributes: {} }) }
  if (path.endsWith('/folders')) return method === 'GET' ? [FOLDER, { ...FOLDER, id: 15 }] : FOLDER
  if (path.endsWith('/alerts') || path.endsWith('/reminder')) return { ...useOwn().own, alerts: {}, reminders: {} }
  if (path.includes('/macros') || path.includes('/assignable')) return { payload: [] }
  return /conversations\/7\/?$/.test(path) ? aConversation({ id: 7 }) : {}
}
beforeEach(async () => {
  setActivePinia(createPinia())
  await setLocale('es')
  for (const one of [...toasts]) dismiss(one.id)
  for (const some of Object.values(contactActs.leaving)) some.clear()
  vi.stubGlobal('fetch', async (path: string, { method }: RequestInit = {}) => {
    if (method !== 'GET') sent.push(`${method} ${path}`)
    return new Response(JSON.stringify(answer(path, method)))
  })
  const session = useSession()
  const account = { id: 1, role: 'administrator', capabilities: ['conversations.write'] }
  session.user = { id: 2, accounts: [account], ui_settings: {} } as unknown as User
  session.accountId = 1
  const collections = useCollections()
  collections.agents = [BRUNO]
  collections.teams = [{ id: 3, name: 'Ventas' } as never]
  collections.labels = [{ id: 1, title: 'vip', color: '#fff' } as never]
  useContacts().byId.set(4, aContact({ id: 4, name: 'Carla', custom_attributes: {} }))
  useCards().keep({ ...CARD, addresses: [ADDRESS] })
  await useFolders().load()
  sent = []
})
function shown(): Conversation {
  const one = aConversation({ id: 7 })
  useConversations().byId.set(7, one)
  return one
}

async function isTakenBack(name: string, run: () => unknown): Promise<void> {
  await run()
  await vi.waitFor(() => expect(toasts.at(-1)?.undo, name).toBeTypeOf('function'))
  if (DEFERRED.includes(name)) {
    expect(sent, name).toEqual([])
    undoLatest()
    settleToasts()
    expect(sent, name).toEqual([])
    // Unused, it is done.
    await run()
    settleToasts()
    await vi.waitFor(() => expect(sent.length, name).toBe(1))
    return
  }
  const before = sent.length
  undoLatest()
  await vi.waitFor(() => expect(sent.length, name).toBeGreaterThan(before))
}

describe('Z-21 every act has its way back', () => {
  const functions = (some: object) =>
    Object.entries(some).flatMap(([name, one]) => (typeof one === 'function' ? [name] : []))

  it('has a line here for each act there is', () => {
    const all = functions({ ...acts, ...ownActs, ...messageActs, ...contactActs })
    const known = [...Object.keys(OF_CONVERSATIONS), ...Object.keys(OF_CONTACTS), ...Object.keys(WITHOUT)]
    expect(all.sort()).toEqual(known.sort())
  })
  it.each(Object.keys(OF_CONVERSATIONS))('of a conversation: %s', (name) =>
    isTakenBack(name, () => OF_CONVERSATIONS[name]!(shown())),
  )
  it.each(Object.keys(OF_CONTACTS))('of a contact: %s', (name) => isTakenBack(name, () => OF_CONTACTS[name]!()))
  it.each(Object.keys(OF_FOLDERS))('of a folder: %s', (name) => isTakenBack(name, () => OF_FOLDERS[name]!()))
})

describe('Z-21 what the palette offers', () => {
  /** They lead to a dialog, which has what it does in a module above or a way back of its own. */
  const OPENS = ['merge', 'custom', 'remind', 'transcript', 'print']
  let app: App | undefined
  function entries(): Entry[] {
    let made: Entry[] = []
    const Asks = defineComponent(() => {
      made = useActs(ref(shown())).acts.value
      return () => h('p')
    })
    app?.unmount()
    app = createApp(Asks).use(i18n)
    app.mount(document.createElement('div'))
    return made.flatMap((entry) => (entry.choices ? entry.choices() : [entry]))
  }
  it('is taken back, one by one', async () => {
    const keys = entries().map((one) => one.key)
    expect(keys.length).toBeGreaterThan(10)
    for (const key of keys.filter((one) => !OPENS.includes(one))) {
      for (const one of [...toasts]) dismiss(one.id)
      const entry = entries().find((one) => one.key === key)!
      entry.run!()
      await vi.waitFor(() => expect(toasts.at(-1)?.undo, key).toBeTypeOf('function'))
    }
  })
})

describe('Z-21 what is taken back of a contact', () => {
  it('leaves what a colleague changed since', async () => {
    const bodies: unknown[] = []
    const now = { name: 'Carla', email: 'nueva@acme.example', custom_attributes: { plan: 'pro', theirs: 1 } }
    let stands: Record<string, unknown> = {
      name: 'Carla Rojas',
      email: 'dos@acme.example',
      custom_attributes: { plan: 'pro' },
    }
    vi.stubGlobal('fetch', async (path: string, { method, body }: RequestInit = {}) => {
      if (method === 'PATCH') bodies.push(JSON.parse(String(body)))
      if (path.endsWith('destroy_custom_attributes')) bodies.push(JSON.parse(String(body)))
      return new Response(JSON.stringify(path.endsWith('/card') ? CARD : { payload: aContact({ id: 4, ...stands }) }))
    })
    const given = { name: 'Carla Rojas', email: 'dos@acme.example', custom_attributes: { plan: 'pro' } }
    await contactActs.saveContact(4, given)
    stands = { ...now, name: 'Carla Rojas' }
    undoLatest()
    await vi.waitFor(() => expect(bodies).toHaveLength(3))
    expect(bodies[1]).toEqual({ name: 'Carla', last_name: 'Cliente', custom_attributes: { theirs: 1 } })
    expect(bodies[2]).toEqual({ custom_attributes: ['plan'] })
  })
})
