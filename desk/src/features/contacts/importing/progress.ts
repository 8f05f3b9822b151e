/** How long the rest takes at the pace so far; unknown until there is a pace. */
export function secondsLeft(
  read: number,
  total: number,
  startedAt: number | null,
  atSeconds: number,
): number | undefined {
  const spent = startedAt === null ? 0 : atSeconds - startedAt
  if (!read || spent < 2 || total <= read) return undefined
  return Math.max(1, Math.round(((total - read) * spent) / read))
}
