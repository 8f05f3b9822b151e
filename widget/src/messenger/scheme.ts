/** Light or dark, as the page says: "auto" follows the system. */
const system = matchMedia('(prefers-color-scheme: dark)')
let wanted: unknown = 'light'

function paint(): void {
  const isDark = wanted === 'dark' || (wanted === 'auto' && system.matches)
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light'
}

export function applyScheme(scheme: unknown): void {
  wanted = scheme
  paint()
}

system.addEventListener('change', paint)
