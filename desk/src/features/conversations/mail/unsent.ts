import type { Id } from '@/api/models'

import type { Head } from './mailHead'

/** What was to be forwarded and was not sent, until the desk is closed: a dialog is closed by a slip of the hand. */
export const unsent = new Map<Id, { head: Head; comment: string; dropped: Id[] }>()
