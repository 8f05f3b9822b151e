/** The widget's doors on the server (behaviour.md C.2). */

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly sentence: string,
    /** How long the server asked to be left alone, in milliseconds; 0 when it named no time. */
    readonly waitMs = 0,
  ) {
    super(sentence || String(status))
  }
  /** Whether the same request may succeed later. */
  get isPassing(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 408
  }
}

/** Whether to try again later: the network failed, or the server is not well. */
export const isPassing = (error: unknown): boolean => !(error instanceof Refused) || error.isPassing

/** Whether the server broke on this very request; 429, 502, 503 and 504 say that it is away, of no request's doing. */
export const isBroken = (error: unknown): boolean =>
  error instanceof Refused && error.isPassing && ![429, 502, 503, 504].includes(error.status)

/** Whether the content itself was refused (its kind, its size): the same again is refused again. */
export const isFinal = (error: unknown): boolean => error instanceof Refused && [413, 415, 422].includes(error.status)

export const sentenceOf = (error: unknown): string => (error instanceof Refused ? error.sentence : '')

function address(path: string): string {
  const [name, query = ''] = path.split('?') as [string, string?]
  const token = encodeURIComponent(window.chatwootWebChannel.websiteToken)
  return `/api/v1/widget/${name}?website_token=${token}&locale=${document.documentElement.lang}${query && `&${query}`}`
}

/** The answer's JSON, or undefined when it has no body. Throws Refused, or TypeError without a network. */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { 'X-Auth-Token': window.authToken }
  const request: RequestInit = { method, headers, credentials: 'omit' }
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json'
    request.body = JSON.stringify(body)
  }
  const answer = await fetch(address(path), request)
  const text = await answer.text()
  if (!answer.ok) throw new Refused(answer.status, sentenceIn(text), waitIn(answer.headers.get('Retry-After')))
  return (text ? JSON.parse(text) : undefined) as T
}

/** `Retry-After` in milliseconds: seconds, or a date (RFC 9110 §10.2.3). */
export function waitIn(header: string | null): number {
  if (!header) return 0
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return ms > 0 ? ms : 0
}

/** How long to leave the server alone after this failure, in milliseconds. */
export const waitAfter = (error: unknown): number => (error instanceof Refused ? error.waitMs : 0)

function sentenceIn(text: string): string {
  try {
    const said = JSON.parse(text) as { error?: unknown; message?: unknown }
    const found = said.error ?? said.message
    return typeof found === 'string' ? found : ''
  } catch {
    return ''
  }
}

/** Send a file as a message; `onProgress` hears 0 to 1. */
export function upload<T>(path: string, file: File, echoId: string, onProgress: (share: number) => void): Promise<T> {
  const form = new FormData()
  form.append('message[echo_id]', echoId)
  form.append('message[attachments][]', file, file.name)
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest()
    request.open('POST', address(path))
    request.setRequestHeader('X-Auth-Token', window.authToken)
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onerror = request.ontimeout = () => fail(new TypeError('network'))
    request.onload = () => {
      if (request.status < 300) done(JSON.parse(request.responseText) as T)
      else {
        const wait = waitIn(request.getResponseHeader('Retry-After'))
        fail(new Refused(request.status, sentenceIn(request.responseText), wait))
      }
    }
    request.send(form)
  })
}
