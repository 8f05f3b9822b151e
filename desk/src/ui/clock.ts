// A time of day as people type it, in 24 hours whatever the browser's language.

/** "9", "930", "9:30", "9.30", "09h30" as "09:30"; undefined when it is no time of a day. */
export function readClock(typed: string): string | undefined {
  const text = typed.trim()
  const match = /^(\d{1,2})(?:\s*[:.,hH]\s*(\d{2})?|(\d{2}))?$/.exec(text)
  if (!match) return undefined
  const [hour, minutes] = [Number(match[1]), Number(match[2] ?? match[3] ?? 0)]
  if (hour > 24 || minutes > 59 || (hour === 24 && minutes > 0)) return undefined
  // The end of a day is its last minute.
  return hour === 24 ? '23:59' : `${String(hour).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
}
