// What an agent does with a contact, in the panel and on their page: sent, told, and each with its way back.
import { shallowReactive } from 'vue'

import type { Attributes, Claim, Contact, ContactCard, Id } from '@/api/models'
import { t } from '@/i18n'
import { explain, mayWrite } from '@/stores/acts'
import { useCards } from '@/stores/cards'
import { useClaims } from '@/stores/claims'
import { useContacts } from '@/stores/contacts'
import { defer } from '@/stores/deferred'
import { takenBack } from '@/stores/takenBack'
import { toast } from '@/ui/toasts'

/** Deleted, while Undo can still be pressed: hidden here, and still there for everyone else. */
export const leaving = {
  contacts: shallowReactive(new Set<Id>()),
  notes: shallowReactive(new Set<Id>()),
  claims: shallowReactive(new Set<Id>()),
}

interface Told {
  text: string
  back: () => Promise<unknown>
}
/** Sent and told with its way back; `told` is asked once it is done, and absent in a way back. */
async function act(send: () => Promise<unknown>, told?: () => Told | undefined): Promise<boolean> {
  if (!mayWrite()) return false
  try {
    await send()
  } catch (error) {
    explain(error)
    return false
  }
  const said = told?.()
  if (said) toast(said.text, () => void said.back())
  return true
}
const reread = (id: Id) => Promise.all([useContacts().load(id), useCards().load(id)])

export async function setContactLabels(id: Id, labels: string[], undoable = true): Promise<boolean> {
  const cards = useCards()
  const before = cards.known.get(id)?.labels ?? []
  const show = (titles: string[]) => cards.relabel(id, titles)
  const added = labels.filter((title) => !before.includes(title))
  const removed = before.filter((title) => !labels.includes(title))
  const text = added.length
    ? t('people.told_labelled', { labels: added.join(', ') })
    : t('people.told_unlabelled', { labels: removed.join(', ') })
  // Only what this act did; what a colleague did since stays.
  const back = () => {
    const now = cards.known.get(id)?.labels ?? []
    const kept = now.filter((title) => !added.includes(title))
    return setContactLabels(id, [...new Set([...kept, ...removed])].sort(), false)
  }
  const done = await act(
    async () => {
      show(labels)
      show(await useContacts().setLabels(id, labels))
    },
    () => (undoable && added.length + removed.length ? { text, back } : undefined),
  )
  if (!done) show(before)
  return done
}
export function toggleContactLabel(id: Id, title: string): Promise<boolean> {
  const now = useCards().known.get(id)?.labels ?? []
  const next = now.includes(title) ? now.filter((one) => one !== title) : [...now, title].sort()
  return setContactLabels(id, next)
}

export function setContactBlocked(id: Id, blocked: boolean, undoable = true): Promise<boolean> {
  const text = t(blocked ? 'told.blocked' : 'told.unblocked')
  return act(
    () => useContacts().save(id, { blocked }),
    () => (undoable ? { text, back: () => setContactBlocked(id, !blocked, false) } : undefined),
  )
}

/** What a form or a field in place sends; the server merges custom attributes and replaces the additional ones. */
export type ContactFields = Record<string, unknown> & { custom_attributes?: Attributes }
const OBJECTS = ['custom_attributes', 'additional_attributes'] as const
const differ = (one: unknown, other: unknown) => JSON.stringify(one ?? '') !== JSON.stringify(other ?? '')

/** Raises what the server refuses, so that it can stand under its field. */
export async function saveContact(id: Id, fields: ContactFields): Promise<Contact> {
  const contacts = useContacts()
  const before = await known(id)
  if (!mayWrite()) return before
  const saved = await contacts.save(id, fields)
  const plain = Object.keys(fields).filter((key) => !(OBJECTS as readonly string[]).includes(key))
  const changed = plain.filter((key) => differ(before[key], fields[key]))
  const isChanged = changed.length || OBJECTS.some((key) => differ(before[key], saved[key]))
  toast(t('common.saved'), isChanged ? () => void putBack(id, changed, before, saved).catch(explain) : undefined)
  return saved
}
/** As the contact stands here; surname and language are on the card alone. */
async function known(id: Id): Promise<Contact & Record<string, unknown>> {
  const { last_name, preferred_language } = useCards().known.get(id) ?? ({} as Partial<ContactCard>)
  const contact = useContacts().byId.get(id) ?? (await useContacts().load(id))
  return { ...contact, last_name, preferred_language }
}
async function putBack(id: Id, changed: string[], before: Contact & Record<string, unknown>, saved: Contact) {
  const contacts = useContacts()
  const now: Contact & Record<string, unknown> = { ...(await contacts.load(id)) }
  const after: Record<string, unknown> = { ...saved }
  // What a colleague changed since stays; what the contract does not show is put back as it was.
  const mine = changed.filter((key) => !(key in now) || !differ(now[key], after[key]))
  if (mine.includes('name') || mine.includes('last_name')) mine.push('name', 'last_name')
  const fields: ContactFields = Object.fromEntries(
    [...new Set(mine)].filter((key) => before[key] !== undefined || key in now).map((key) => [key, before[key] ?? '']),
  )
  if (differ(before.additional_attributes, saved.additional_attributes))
    fields.additional_attributes = takenBack(
      (before.additional_attributes ?? {}) as Attributes,
      (saved.additional_attributes ?? {}) as Attributes,
      (now.additional_attributes ?? {}) as Attributes,
    )
  const own = takenBack(before.custom_attributes, saved.custom_attributes, now.custom_attributes)
  const gone = Object.keys(now.custom_attributes).filter((key) => !(key in own))
  if (differ(own, now.custom_attributes)) fields.custom_attributes = own
  await contacts.save(id, fields)
  if (gone.length) await contacts.forget(id, gone)
  await reread(id)
}

export function addContactNote(id: Id, content: string): Promise<boolean> {
  const contacts = useContacts()
  let note: Id | undefined
  const back = async () => {
    if (note !== undefined) await act(() => contacts.removeNote(id, note as Id))
    await useCards().load(id)
  }
  return act(
    async () => {
      const written = await contacts.addNote(id, content)
      note = written.id
      useCards().noted(id, written)
    },
    () => ({ text: t('people.told_noted'), back }),
  )
}
export function removeContactNote(id: Id, note: Id): void {
  if (!mayWrite()) return
  const { notes } = leaving
  notes.add(note)
  const remove = async () => {
    await useContacts().removeNote(id, note)
    await useCards().load(id)
    notes.delete(note)
  }
  defer(t('people.told_note_removed'), remove, () => void notes.delete(note))
}

/** With all conversations. Whether it is on its way: whoever stands on its page leaves it. */
export function deleteContact({ id, name }: Contact): boolean {
  if (!mayWrite()) return false
  const { contacts } = leaving
  contacts.add(id)
  const back = () => void contacts.delete(id)
  defer(t('people.told_deleted', { name: name || `#${id}` }), () => useContacts().remove(id).then(back), back)
  return true
}

export function addContactAddress(id: Id, kind: string, value: string, undoable = true): Promise<void> {
  return told(
    id,
    () => useCards().addAddress(id, kind, value),
    undoable && 'people.told_address',
    (before) => {
      const now = useCards().known.get(id)
      const came = now?.addresses.find((one) => !before.some((old) => old.id === one.id))
      if (came) return useCards().removeAddress(id, came.id)
      // The first one became the main one.
      return useContacts().save(id, { [kind === 'phone' ? 'phone_number' : 'email']: '' })
    },
  )
}
export function removeContactAddress(id: Id, address: Id): Promise<void> {
  const gone = useCards()
    .known.get(id)
    ?.addresses.find((one) => one.id === address)
  return told(
    id,
    () => useCards().removeAddress(id, address),
    'people.told_address_removed',
    async () => {
      if (gone) await useCards().addAddress(id, gone.kind, gone.value)
    },
  )
}
export function makeAddressPrimary(id: Id, address: Id): Promise<void> {
  return told(
    id,
    () => useCards().makePrimary(id, address),
    'people.told_primary',
    (before) => {
      // The one that was first before stands among the others now.
      const was = useCards()
        .known.get(id)
        ?.addresses.find((one) => !before.some((old) => old.value === one.value))
      return was ? useCards().makePrimary(id, was.id) : Promise.resolve()
    },
  )
}
/** Raises what the server refuses, so that it can stand under its field. */
async function told(
  id: Id,
  send: () => Promise<unknown>,
  text: string | false,
  back: (before: ContactCard['addresses']) => Promise<unknown>,
): Promise<void> {
  if (!mayWrite()) return
  const before = useCards().known.get(id)?.addresses ?? []
  await send()
  await useContacts().load(id)
  if (text) toast(t(text), () => void act(async () => (await back(before), await reread(id))))
}

/** The other's conversations, notes and identities go to the one that stays; undone, each has its own again. */
export function mergeContacts(stays: Id, goes: Id, undoable = true): Promise<boolean> {
  return act(
    async () => {
      await useContacts().merge(stays, goes)
      await reread(stays)
    },
    () => (undoable ? mergeTold(stays) : undefined),
  )
}
function mergeTold(stays: Id): Told | undefined {
  const merge = useCards().known.get(stays)?.merges[0]
  return merge && { text: t('people.told_merged', { name: merge.name }), back: () => undoMerge(stays, merge.id, false) }
}
export function undoMerge(stays: Id, merge: Id, undoable = true): Promise<boolean> {
  let again: Id | undefined
  return act(
    async () => {
      again = await useCards().undoMerge(stays, merge)
      await reread(stays)
    },
    () =>
      undoable && again !== undefined
        ? { text: t('people.unmerged'), back: () => mergeContacts(stays, again as Id, false) }
        : undefined,
  )
}

/** It is not shown again when the same visitor says it again. */
export function declineClaim(id: Id, claim: Id): void {
  if (!mayWrite()) return
  const { claims } = leaving
  claims.add(claim)
  const back = () => void claims.delete(claim)
  defer(t('people.told_declined'), () => useClaims().decline(id, claim).then(back), back)
}
/** Believe what a visitor says: the contact that continues, which is another one after a merge; none when refused. */
export async function believeClaim(id: Id, claim: Claim): Promise<Id | undefined> {
  let into: Id | undefined
  const before = await known(id)
  let saved: Contact | undefined
  await act(
    async () => {
      into = await useClaims().accept(id, claim.id)
      saved = (await reread(into))[0]
    },
    () => {
      if (into !== id) return into === undefined ? undefined : mergeTold(into)
      const text = t('people.told_believed')
      return { text, back: () => putBack(id, [claim.field.split('.')[0] ?? ''], before, saved as Contact) }
    },
  )
  return into
}
