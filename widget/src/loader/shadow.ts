/** The place where the page's style sheets end. */

const NAMED = /woot-|cw-|chatwoot_live/

/** Whether a sheet of the page styles us by name: then it is meant, and outweighs ours as any page's sheet does. */
function isNamed(): boolean {
  return [...document.styleSheets].some((sheet) => {
    try {
      return [...sheet.cssRules].some((rule) => NAMED.test(rule.cssText))
    } catch {
      return false // of another origin: nobody may read it
    }
  })
}

/**
 * Style what is in `host`'s shadow, and `host` itself. Constructed sheets, because a Content Security Policy may forbid
 * `style` elements; where the browser knows none (Safari before 16.4), an element inside the shadow, whose text no rule
 * of the page can bring to light.
 */
export function style(host: Element, css: string): ShadowRoot {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
  const write = (put: (text: string) => unknown): void => {
    const settle = (): unknown => put(isNamed() ? css : css.replace(/([^;{}])([;}])/g, '$1!important$2'))
    settle()
    addEventListener('load', settle)
  }
  try {
    const sheet = new CSSStyleSheet()
    write((text) => sheet.replaceSync(text))
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
  } catch {
    const sheet = document.createElement('style')
    write((text) => (sheet.textContent = text))
    root.append(sheet)
  }
  return root
}
