// What is on screen of the contacts as a table: the address it is fetched from.
import { withQuery } from '@/api/client'
import type { Condition } from '@/api/models'

export interface Shown {
  words: string
  label: string
  conditions: Condition[]
  sort: string
}

export function exportAddress(desk: string, { words, label, conditions, sort }: Shown): string {
  const filter = conditions.length ? JSON.stringify(conditions) : undefined
  return withQuery(`${desk}/contacts/export.csv`, { filter, q: words.trim(), label, sort })
}

/** What a mailed link asked for. */
export const askedAddress = (desk: string, asked: string) => withQuery(`${desk}/contacts/export.csv`, { asked })
