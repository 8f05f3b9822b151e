// How a limit's number is said: its unit, and for a rate in how long.
import type { Limit } from '@/api/models'

type Say = (key: string, named: Record<string, unknown>, count: number) => string

const WINDOWS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** "cada 5 minutos": the largest unit that fits the window without a rest. */
export function windowOf(seconds: number, t: Say): string {
  const [unit, length] = WINDOWS.find(([, one]) => seconds % one === 0) ?? WINDOWS[3]
  const count = seconds / length
  return t(`limits.windows.${unit}`, { count }, count)
}

/** What stands behind the number: "MB", "cada hora". */
export function unitOf(limit: Limit, t: Say): string {
  if (limit.window_seconds) return windowOf(limit.window_seconds, t)
  return limit.unit === 'count' ? '' : t(`limits.units.${limit.unit}`, {}, 1)
}
