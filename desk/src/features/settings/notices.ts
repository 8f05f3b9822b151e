// The ways news come, as the contract names its flags: `email_<kind>`, `push_<kind>`; the kinds are the server's.
import type { NotificationFlags } from '@/api/models'

export const WAYS = ['email', 'push'] as const

export type Way = (typeof WAYS)[number]
export const flagOf = (way: Way, kind: string): string => `${way}_${kind}`

/** The flags with one of them on or off; flags of kinds that are not shown stay as they are. */
export function switched(flags: NotificationFlags, way: Way, kind: string, on: boolean): NotificationFlags {
  const name = `selected_${way}_flags` as const
  const flag = flagOf(way, kind)
  const rest = flags[name].filter((one) => one !== flag)
  return { ...flags, [name]: on ? [...rest, flag] : rest }
}
