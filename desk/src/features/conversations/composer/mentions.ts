// Mentions in the note box: a person reads "@Lucía Ferrer", what is kept and sent names the user.
import type { Id } from '@/api/models'

const WIRE = /\[@([^\]]+)\]\(mention:\/\/user\/(\d+)\/[^)]*\)/g

export const wireOf = (name: string, id: Id): string => `[@${name}](mention://user/${id}/${encodeURIComponent(name)})`

/** The text as it is shown; whoever is mentioned in it is added to `known`, by name. */
export function shownText(wire: string, known: Map<string, Id>): string {
  return wire.replace(WIRE, (_whole, name: string, id: string) => {
    known.set(name, Number(id))
    return `@${name}`
  })
}

/** The text as it is kept. Of two names that begin alike the longer is meant; "@Ana" in "ana@Ana.example" is none. */
export function wireText(shown: string, known: ReadonlyMap<string, Id>): string {
  const names = [...known.keys()].filter((name) => shown.includes(`@${name}`)).sort((a, b) => b.length - a.length)
  if (!names.length) return shown
  const any = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
  const mention = new RegExp(`(^|[^\\p{L}\\p{N}_])@(${any})(?![\\p{L}\\p{N}_])`, 'gu')
  return shown.replace(mention, (whole, before: string, name: string) => {
    const id = known.get(name)
    return id === undefined ? whole : before + wireOf(name, id)
  })
}
