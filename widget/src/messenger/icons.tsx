/** The few drawings of the messenger; each is an ornament beside a name. */
import type { VNode } from 'preact'

const SHAPES = {
  down: 'm6 9 6 6 6-6',
  left: 'm15 6-6 6 6 6',
  right: 'm9 6 6 6-6 6',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  smile: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M8.5 14.5s1.2 2 3.5 2 3.5-2 3.5-2M9 9.5h.01M15 9.5h.01',
  clip: 'm20 11-8.6 8.6a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 4.8 4.800L9.3 17.300a1.7 1.7 0 0 1-2.4-2.400L14.5 7.3',
  send: 'M5 12 4 4l17 8-17 8 1-8zm0 0h8',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3 2',
  check: 'm5 12.5 4.5 4.500L19 7.5',
  checks: 'm2 12.5 4.5 4.500L15 7.500M11 16l1 1 10-9.5',
  alert: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 8v5M12 16h.01',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  mail: 'M3 6h18v12H3zm0 1 9 6 9-6',
  moon: 'M20 14A8.5 8.5 0 0 1 10 4a8.5 8.5 0 1 0 10 10z',
  close: 'm6 6 12 12M18 6 6 18',
}

export function Icon({ name, size = 18 }: { name: keyof typeof SHAPES; size?: number }): VNode {
  return (
    <svg class={`ic ic-${name}`} width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={SHAPES[name]} />
    </svg>
  )
}
