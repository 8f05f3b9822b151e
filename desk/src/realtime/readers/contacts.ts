import { useCards } from '@/stores/cards'
import { useClaims } from '@/stores/claims'
import { useContacts } from '@/stores/contacts'
import { useFolders } from '@/stores/folders'

import type { Contact, Id } from '@/api/models'
import type { Readers } from '../reader'

function changed(id: Id): void {
  useCards().changed(id)
  useFolders().countLater()
}
function apply({ data: { contact } }: { data: { contact: Contact } }): void {
  useContacts().apply(contact)
  changed(contact.id)
}

export default {
  contact: apply,
  contact_merge: apply,
  // Pages that show it say so when they ask for it; its conversations have events of their own.
  gone_contact: ({ data: { contact } }) => changed(contact.id),
  contact_claims: ({ data }) => useClaims().changed(data.contact_id),
} satisfies Readers
