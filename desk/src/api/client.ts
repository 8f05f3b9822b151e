// Every call of the desk to the server: the session cookie, the CSRF token, errors as one class, patience when offline.

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly fields: Record<string, string[]> = {},
    readonly code = '',
    /** Who has it already, where the refusal says so. */
    readonly contactId?: number,
    /** How long the server asked to be left alone, in milliseconds; 0 when it named no time. */
    readonly waitMs = 0,
    /** Who has what was refused as a double, by field. */
    readonly holders: Record<string, { id: number; name: string }> = {},
  ) {
    super(message)
  }

  /** The first sentence about a field, for showing under it. */
  about(field: string): string {
    return this.fields[field]?.[0] ?? ''
  }
}

/** The server could not be reached, or hung up: nothing is known of what it did. */
export class Offline extends Error {}

let csrfToken = ''
let onSignedOut: () => void = () => undefined

export function setCsrfToken(token: string): void {
  csrfToken = token
}

export function whenSignedOut(act: () => void): void {
  onSignedOut = act
}

/** Asks whoever sits here to show that it is them; answers whether they did. */
let onProofNeeded: () => Promise<boolean> = () => Promise.resolve(false)
export function whenProofNeeded(ask: () => Promise<boolean>): void {
  onProofNeeded = ask
}

type Query = Record<string, string | number | boolean | null | undefined | (string | number)[]>

export function withQuery(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === '') continue
    if (Array.isArray(value)) for (const item of value) parameters.append(`${name}[]`, String(item))
    else parameters.append(name, String(value))
  }
  const text = parameters.toString()
  return text ? `${path}?${text}` : path
}

async function readError(response: Response): Promise<ApiError> {
  let body: Record<string, unknown> = {}
  try {
    body = (await response.json()) as Record<string, unknown>
  } catch {
    // A plain-text answer (429) or none.
  }
  const errors = Array.isArray(body.errors) ? String(body.errors[0]) : ''
  const message = String(body.message ?? body.error ?? errors) || response.statusText || String(response.status)
  return new ApiError(
    response.status,
    message,
    (body.fields as Record<string, string[]>) ?? {},
    String(body.code ?? ''),
    typeof body.contact_id === 'number' ? body.contact_id : undefined,
    waitIn(response.headers.get('Retry-After')),
    (body.holders as ApiError['holders'] | undefined) ?? {},
  )
}

/** `Retry-After` in milliseconds: seconds, or a date (RFC 9110 §10.2.3). */
export function waitIn(header: string | null): number {
  if (!header) return 0
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return milliseconds > 0 ? milliseconds : 0
}

interface CallOptions {
  query?: Query
  body?: unknown
  signal?: AbortSignal
}

const RETRY_PAUSES_MS = [300, 1200]
const sleep = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds))

async function call<T>(method: string, path: string, { query, body, signal }: CallOptions = {}): Promise<T> {
  const headers: Record<string, string> = {
    Accept: 'application/json',
    'Accept-Language': document.documentElement.lang || 'es',
  }
  if (method !== 'GET') headers['X-CSRFToken'] = csrfToken
  let payload: BodyInit | undefined
  if (body instanceof FormData) payload = body
  else if (body !== undefined) {
    headers['Content-Type'] = 'application/json'
    payload = JSON.stringify(body)
  }
  for (let attempt = 0; ; attempt += 1) {
    let response: Response
    try {
      response = await fetch(withQuery(path, query), {
        method,
        headers,
        body: payload,
        signal,
        credentials: 'same-origin',
        // What was deleted as the page closed still reaches the server.
        keepalive: method === 'DELETE',
      })
    } catch (error) {
      if (signal?.aborted) throw error
      // Only reading is repeated here; what writes is repeated by the outbox, under its own key.
      const pause = method === 'GET' ? RETRY_PAUSES_MS[attempt] : undefined
      if (pause === undefined) throw new Offline()
      await sleep(pause)
      continue
    }
    if (response.status === 401 && (await isSessionOver(response))) onSignedOut()
    if (!response.ok) {
      const error = await readError(response)
      if (error.code === 'proof_needed' && (await onProofNeeded())) continue
      throw error
    }
    if (response.status === 204) return undefined as T
    const text = await response.text()
    return (text ? JSON.parse(text) : undefined) as T
  }
}

/** 401 also means "not allowed" in the contract; only the session's own envelope says that it is over. */
async function isSessionOver(response: Response): Promise<boolean> {
  try {
    return ((await response.clone().json()) as { code?: string }).code === 'no_session'
  } catch {
    return false
  }
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>('GET', path, { query, signal }),
  post: <T>(path: string, body?: unknown, query?: Query) => call<T>('POST', path, { body: body ?? {}, query }),
  patch: <T>(path: string, body?: unknown) => call<T>('PATCH', path, { body: body ?? {} }),
  put: <T>(path: string, body?: unknown) => call<T>('PUT', path, { body: body ?? {} }),
  delete: <T>(path: string, body?: unknown) => call<T>('DELETE', path, { body }),
}

/** The beginning of a file as text, at most so many bytes; `cut` when there is more. Repeated like other reading. */
export async function readStart(
  path: string,
  mostBytes: number,
  signal: AbortSignal,
): Promise<{ text: string; cut: boolean }> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const response = await fetch(path, { credentials: 'same-origin', signal })
      if (!response.ok || !response.body) throw await readError(response)
      return await readUpTo(response.body.getReader(), mostBytes)
    } catch (error) {
      const pause = RETRY_PAUSES_MS[attempt]
      if (signal.aborted || error instanceof ApiError || pause === undefined) throw error
      await sleep(pause)
    }
  }
}

async function readUpTo(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  mostBytes: number,
): Promise<{ text: string; cut: boolean }> {
  const decoder = new TextDecoder()
  let text = ''
  for (let read = 0; ;) {
    const { done, value } = await reader.read()
    if (done) return { text, cut: false }
    read += value.length
    text += decoder.decode(value, { stream: true })
    if (read < mostBytes) continue
    await reader.cancel()
    return { text, cut: true }
  }
}

/** A form with files, with progress from 0 to 1. */
export function upload<T>(
  path: string,
  form: FormData,
  onProgress: (done: number) => void = () => undefined,
  method: 'POST' | 'PUT' | 'PATCH' = 'POST',
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(method, path)
    request.setRequestHeader('Accept', 'application/json')
    request.setRequestHeader('Accept-Language', document.documentElement.lang || 'es')
    request.setRequestHeader('X-CSRFToken', csrfToken)
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onerror = () => reject(new Offline())
    request.ontimeout = () => reject(new Offline())
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText || 'null') as T)
      else {
        const wait = request.getResponseHeader('Retry-After')
        const headers = wait ? { 'Retry-After': wait } : undefined
        readError(new Response(request.responseText, { status: request.status || 500, headers })).then(reject, reject)
      }
    }
    request.send(form)
  })
}
