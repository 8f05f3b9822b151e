// What the checks found, put the way the page says it.
import type { Check, Found, Health } from '@/stores/health'
import { bytes } from '@/ui/text'
import { lengthOf } from '@/ui/time'

type Say = (key: string, values?: Record<string, unknown>, count?: number) => string
export type State = 'well' | 'look' | 'ill'

const ORDER: State[] = ['well', 'look', 'ill']
const DOTS: Record<State, string> = { well: 'ok', look: 'warn', ill: 'late' }
const rank = (state: string): number => ORDER.indexOf(state as State)

/** The class of the dot beside it. */
export const dotOf = (state: string): string => DOTS[state as State] ?? 'off'

/** The number of that name; 0 for none. */
export const figure = (found: Found, name: string): number => found.figures.find((one) => one.name === name)?.value ?? 0

export const checksOf = (health: Health, group: string): Check[] =>
  health.checks.filter((check) => check.group === group && check.found.length > 0)

export interface Verdict {
  state: State
  worst?: Found
  /** How many other things are ill or want a look. */
  others: number
}

/** The worst fact: of equally bad ones the first on the page. */
export function verdictOf(health: Health): Verdict {
  const troubled = health.checks
    .flatMap((check) => check.found)
    .filter((found) => found.state !== 'well')
    .sort((a, b) => rank(b.state) - rank(a.state))
  const [worst] = troubled
  return { state: (worst?.state as State | undefined) ?? 'well', worst, others: Math.max(0, troubled.length - 1) }
}

export interface Traffic {
  received: number
  processed: number
  ignored: number
  quarantined: number
  waiting: number
  /** Received and in none of the others: should never be anything but 0. */
  unexplained: number
}
const PARTS = ['processed', 'ignored', 'quarantined', 'waiting'] as const

export function trafficOf(rows: Found[]): Traffic {
  const sum = (name: string) => rows.reduce((total, row) => total + figure(row, name), 0)
  const [processed, ignored, quarantined, waiting] = PARTS.map(sum) as [number, number, number, number]
  const received = sum('received')
  return {
    received,
    processed,
    ignored,
    quarantined,
    waiting,
    unexplained: received - processed - ignored - quarantined - waiting,
  }
}

const AGES = ['oldest', 'oldest_unanswered_seconds', 'own_mail_oldest_seconds']
const SIZES = ['database_bytes', 'files_bytes', 'last_backup_bytes']

/** The small print under a line: ages, sizes, and the hint that says what helps. */
export function detailsOf(found: Found, t: Say, locale: string): string {
  const parts = found.figures.flatMap(({ name, value }) => {
    if (value <= 0) return []
    if (AGES.includes(name)) return [t(`health_page.figure.${name}`, { value: lengthOf(value * 1000, locale) })]
    if (SIZES.includes(name)) return [t(`health_page.figure.${name}`, { value: bytes(value, locale) })]
    return []
  })
  return [...parts, found.hint].filter(Boolean).join('. ')
}

/** For whoever is asked for help: states, codes and figures, and nothing of customers or channels by name. */
export function reportOf(health: Health): string {
  const lines = health.checks.flatMap((check) =>
    check.found.map((found) => {
      const figures = found.figures.map(({ name, value, labels }) => {
        const of = Object.values(labels).join(',')
        return `${name}${of ? `{${of}}` : ''}=${Math.round(value)}`
      })
      return [`${check.name} ${found.state} ${found.code}`, ...figures].join(' ')
    }),
  )
  return [`Ventanilla ${health.version} ${health.checked_at} ${health.state}`, ...lines].join('\n')
}
