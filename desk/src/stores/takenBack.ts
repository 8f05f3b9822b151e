// Undoing a change of attributes while others change them too.
import type { Attributes } from '@/api/models'

/** What stands now, with the keys that led from `before` to `after` as they were: what a colleague did since stays. */
export function takenBack(before: Attributes, after: Attributes, now: Attributes): Attributes {
  const back = { ...now }
  for (const key of Object.keys({ ...before, ...after })) {
    if (JSON.stringify(before[key]) === JSON.stringify(after[key])) continue
    if (key in before) back[key] = before[key]!
    else delete back[key]
  }
  return back
}
