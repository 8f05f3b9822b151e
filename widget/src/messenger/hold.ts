/**
 * The server asked to be left alone for a while (429, `Retry-After`). Kept beside the texts that wait, so that neither a
 * reload nor another tab knocks meanwhile.
 */
import { dayName } from './hours'
import { placeOf } from './kept'
import { intl, t } from './texts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** What a timer can count; a longer wait is looked at again. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

interface Kept {
  since: number
  until: number
}

export class Hold {
  private readonly place: ReturnType<typeof placeOf>

  constructor(readonly key: string) {
    this.place = placeOf(key)
  }

  /** Milliseconds since 1970 until which nothing is sent; 0 when we may. */
  get until(): number {
    const kept = this.read()
    // A clock that went back since says nothing about how long is left.
    return kept && kept.since <= Date.now() && kept.until > Date.now() ? kept.until : 0
  }

  get leftMs(): number {
    const { until } = this
    return until ? Math.min(until - Date.now(), LONGEST_TIMER_MS) : 0
  }

  start(ms: number): void {
    this.place.write(JSON.stringify({ since: Date.now(), until: Date.now() + ms }))
  }

  private read(): Kept | null {
    try {
      return JSON.parse(this.place.read() || 'null') as Kept | null
    } catch {
      return null
    }
  }
}

const midnight = (date: Date): number => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()

/** "hoy a las 14:35", in the visitor's own time; up to a minute is not worth a clock. */
export function momentOf(until: number, now = Date.now()): string {
  if (until - now <= MINUTE_MS) return t('inAMinute')
  // Rounded up, so that whoever waits for that minute does not come too early.
  const at = new Date(Math.ceil(until / MINUTE_MS) * MINUTE_MS)
  const days = Math.round((midnight(at) - midnight(new Date(now))) / DAY_MS)
  const time = at.toLocaleTimeString(intl(), { hour: 'numeric', minute: '2-digit' })
  return t(days === 0 ? 'todayAt' : days === 1 ? 'tomorrowAt' : 'dayAt', {
    day: dayName(at.getDay()),
    time,
    count: at.getHours(),
  })
}
