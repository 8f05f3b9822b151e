// Canned responses: looked for, put into folders, and in which language they speak. Pure: what there is comes in.
import type { CannedResponse } from '@/api/models'
import { fold } from '@/ui/text'

/** What stands before the folders that people made: all, and one's own. */
export const ALL = 'all'
export const MINE = 'mine'
const NAMED = 'in:'
/** The key of the folder of that name; of all without one. */
export const folderKey = (name: string): string => (name ? NAMED + name : ALL)

export interface Folder {
  key: string
  /** '' for those before the ones that people made. */
  name: string
  count: number
}

/** Those with the words, best first: the code begins so, has it, the title, the text; then what is used most. */
export function findCanned(canned: readonly CannedResponse[], query: string): CannedResponse[] {
  const wanted = fold(query)
  return canned
    .map((one) => ({ one, rank: wanted ? rankOf(one, wanted) : 0 }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank || b.one.uses - a.one.uses || a.one.short_code.localeCompare(b.one.short_code))
    .map(({ one }) => one)
}

function rankOf(one: CannedResponse, wanted: string): number {
  const code = fold(one.short_code)
  if (code.startsWith(wanted)) return 0
  if (code.includes(wanted)) return 1
  if (fold(one.title).includes(wanted)) return 2
  return [one.content, ...Object.values(one.variants)].some((text) => fold(text).includes(wanted)) ? 3 : -1
}

/** All, the folders by name, and one's own. */
export function foldersOf(canned: readonly CannedResponse[]): Folder[] {
  const counts = new Map<string, number>()
  for (const { folder } of canned) if (folder) counts.set(folder, (counts.get(folder) ?? 0) + 1)
  const named = [...counts].sort(([a], [b]) => a.localeCompare(b))
  const mine = canned.filter((one) => one.visibility === 'personal').length
  return [
    { key: ALL, name: '', count: canned.length },
    ...named.map(([name, count]) => ({ key: folderKey(name), name, count })),
    ...(mine ? [{ key: MINE, name: '', count: mine }] : []),
  ]
}

export function inFolder(canned: readonly CannedResponse[], key: string): CannedResponse[] {
  if (key === MINE) return canned.filter((one) => one.visibility === 'personal')
  return key.startsWith(NAMED) ? canned.filter((one) => one.folder === key.slice(NAMED.length)) : [...canned]
}

/** The text in the first of these languages that it is written in, else the one that it was made with. */
export function contentIn(one: CannedResponse, wishes: readonly (string | undefined)[]): string {
  const written: Record<string, string> = { ...one.variants, ...(one.language ? { [one.language]: one.content } : {}) }
  const tags = Object.keys(written)
  for (const wish of wishes) {
    if (!wish) continue
    const wanted = wish.replace('_', '-').toLowerCase()
    const found = tags.find((tag) => tag.toLowerCase() === wanted) ?? tags.find((tag) => base(tag) === base(wanted))
    if (found) return written[found]!
  }
  return one.content
}
const base = (tag: string): string => tag.split('-')[0]!.toLowerCase()
