/** Words between this frame and the page around it (behaviour.md F.28). */

const PREFIX = 'chatwoot-widget:'

export const isFramed = window.parent !== window

/** The page's origin where the browser tells it: no one else shall hear the visitor's session. */
function pageOrigin(): string {
  const known = location.ancestorOrigins?.[0] ?? (document.referrer && new URL(document.referrer).origin)
  return known && known !== 'null' ? known : '*'
}

export function tellPage(event: string, words: object = {}): void {
  const text = PREFIX + JSON.stringify({ event, ...words })
  if (isFramed) window.parent.postMessage(text, pageOrigin())
  window.ReactNativeWebView?.postMessage(text)
}

export const announce = (name: string, data: unknown): void =>
  tellPage('onEvent', { eventIdentifier: `chatwoot:${name}`, data })

export type Words = Record<string, unknown> & { event: string }

export function listen(hear: (words: Words) => void): void {
  addEventListener('message', ({ source, data }: MessageEvent<unknown>) => {
    if (source !== window.parent || typeof data !== 'string' || !data.startsWith(PREFIX)) return
    try {
      hear(JSON.parse(data.slice(PREFIX.length)) as Words)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
    }
  })
}
