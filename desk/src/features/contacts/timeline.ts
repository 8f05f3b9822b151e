// Lines as they are drawn: automatic changes that follow each other fold from three on.
import type { TimelineLine } from '@/stores/timeline'

export type Drawn =
  { key: string; line: TimelineLine } | { key: string; folded: TimelineLine[] } | { key: string; day: Date }

const FOLDS_FROM = 3

/** `dayOf`: the day a line stands under, in the reader's zone; a run of automatic changes ends with its day. */
export function drawn(
  lines: readonly TimelineLine[],
  unfolded: ReadonlySet<number>,
  dayOf: (line: TimelineLine) => string = () => '',
): Drawn[] {
  const rows: Drawn[] = []
  let run: TimelineLine[] = []
  const flush = () => {
    const first = run[0]
    if (first && run.length >= FOLDS_FROM && !unfolded.has(first.id)) rows.push({ key: `f${first.id}`, folded: run })
    else rows.push(...run.map((line) => ({ key: `${line.id}`, line })))
    run = []
  }
  let day = ''
  for (const line of lines) {
    if (dayOf(line) !== day) {
      flush()
      day = dayOf(line)
      rows.push({ key: `d${day}`, day: new Date(line.at * 1000) })
    }
    if (line.is_automatic) run.push(line)
    else {
      flush()
      rows.push({ key: `${line.id}`, line })
    }
  }
  flush()
  return rows
}

/** Which sentence says it. */
export function wordOf({ name, data }: Pick<TimelineLine, 'name' | 'data'>): string {
  if (name === 'messages') return data.in ? 'wrote' : 'written'
  if (name === 'assigned' && !data.to) return 'unassigned'
  return name === 'team' && !data.to ? 'no_team' : name
}

/** A value of a change in words; objects by the words for their keys. */
export function valueOf(value: unknown, nothing: string, named: (key: string) => string = (key) => key): string {
  if (value === null || value === undefined || value === '') return nothing
  if (Array.isArray(value)) return value.length ? value.map((one) => valueOf(one, nothing)).join(', ') : nothing
  if (typeof value === 'object') {
    const parts = Object.entries(value).map(([key, one]) => `${named(key)}: ${valueOf(one, nothing)}`)
    return parts.join(', ') || nothing
  }
  return String(value)
}
