// The hours that are proposed: Monday to Friday, 9:00 to 18:30.
export const OPENS = '9:00'
export const CLOSES = '18:30'

/** The contract's seven rows; day 0 is Sunday. */
export function proposedHours(timezone: string): object {
  const days = Array.from({ length: 7 }, (_, day) => {
    const closed = day === 0 || day === 6
    return {
      day_of_week: day,
      closed_all_day: closed,
      open_all_day: false,
      open_hour: closed ? null : 9,
      open_minutes: closed ? null : 0,
      close_hour: closed ? null : 18,
      close_minutes: closed ? null : 30,
    }
  })
  return { working_hours_enabled: true, timezone, working_hours: days }
}

/** "Europe/Madrid" as people say it. */
export const cityOf = (timezone: string): string => timezone.split('/').at(-1)!.replaceAll('_', ' ')

/** The browser's zone, unless the account has been given one. */
export function zoneOf(accounts: string): string {
  return accounts && accounts !== 'UTC' ? accounts : Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
}
