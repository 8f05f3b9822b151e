/** Cookies of the customer's page. `domain` shares them between sub-domains; "" keeps them on this host. */

const YEAR_SECONDS = 31536000

export const readCookie = (name: string): string =>
  decodeURIComponent(
    document.cookie
      .split('; ')
      .find((pair) => pair.startsWith(name + '='))
      ?.slice(name.length + 1) ?? '',
  )

/** `seconds` 0 forgets it. */
export function writeCookie(name: string, value: string, domain: string, seconds = YEAR_SECONDS): void {
  document.cookie = `${name}=${encodeURIComponent(value)};path=/;samesite=lax;max-age=${seconds}${domain && `;domain=${domain}`}`
}
