/**
 * Cookies of the customer's page. Where the browser keeps none (a sandboxed frame throws at the very word), what was
 * written lives as long as the page: `kept`, which loader and bridge share.
 */

/** What the browser itself kept under that name. */
export function keptByBrowser(name: string): string | undefined {
  try {
    return document.cookie
      .split('; ')
      .find((pair) => pair.startsWith(name + '='))
      ?.slice(name.length + 1)
  } catch {
    return undefined
  }
}

export const readCookie = (name: string, kept: Record<string, string>): string =>
  decodeURIComponent(keptByBrowser(name) ?? kept[name] ?? '')
