import type { Link } from './link'

const YEAR_SECONDS = 31536000

/** `domain` shares the cookie between sub-domains; "" keeps it on this host. `seconds` 0 forgets it. */
export const cookieWriter =
  (kept: Link['kept'], domain: string) =>
  (name: string, value: string, seconds = YEAR_SECONDS): void => {
    kept[name] = encodeURIComponent(value)
    try {
      document.cookie = `${name}=${kept[name]};path=/;samesite=lax;max-age=${seconds}${domain && `;domain=${domain}`}`
    } catch {
      // A sandboxed page has no cookies.
    }
  }
