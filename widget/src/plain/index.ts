/**
 * The chat for browsers below the floor (scripts/tooling/floor.mjs), and for the day the messenger cannot start: what
 * was said, a field, a button. Written for what every browser that reads modules knows, and without the messenger's code.
 */
import { call, sentenceOf, waitAfter } from '../messenger/api'
import { listen, tellPage } from '../messenger/frame'
import type { Message } from '../messenger/types'
import styles from './styles.css?inline'

const LOOK_MS = 5000
const ACTIVITY = 2

type Words = Record<string, string>

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  given: Partial<HTMLElementTagNameMap[K]>,
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(name), given)
  for (const one of inside) made.appendChild(typeof one === 'string' ? document.createTextNode(one) : one)
  return made
}

/** The visitor's language, which the page asked for beforehand; without it the words are few enough for signs. */
async function readWords(): Promise<Words> {
  try {
    const link = document.querySelector<HTMLLinkElement>('link[as=fetch]')!
    return (await (await fetch(link.href)).json()) as Words
  } catch {
    return { message: '', send: '➤', close: '×', log: '', failedNow: '!', queued: '…', sent: '✓', you: '' }
  }
}

/** Random enough to tell two texts of one visitor apart. */
const newEchoId = (): string => `plain-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`

async function start(): Promise<void> {
  const words = await readWords()
  const channel = window.chatwootWebChannel
  const log = element('div', { className: 'log', tabIndex: 0 })
  const field = element('textarea', { rows: 3, maxLength: 150000, dir: 'auto' })
  const button = element('button', {}, words.send!)
  const status = element('p', {})
  const form = element('form', {}, field, status, button)
  log.setAttribute('role', 'log')
  log.setAttribute('aria-label', words.log!)
  field.setAttribute('aria-label', words.message!)
  status.setAttribute('role', 'status')
  const close = element('button', { type: 'button', onclick: () => tellPage('closeWindow') }, words.close!)
  const title = element('h1', { dir: 'auto' }, channel.websiteName)
  const place = document.getElementById('app')!
  place.textContent = ''
  place.appendChild(element('header', {}, title, close))
  place.appendChild(log)
  place.appendChild(form)
  document.head.appendChild(element('style', {}, styles))

  let shown = ''
  async function show(): Promise<void> {
    const { payload } = await call<{ payload: Message[] }>('GET', 'messages')
    const said = payload.filter((one) => one.message_type !== ACTIVITY && one.content)
    const now = said.map(({ id, content }) => `${id} ${content}`).join('\n')
    if (now === shown) return
    shown = now
    log.textContent = ''
    for (const { message_type, content, sender } of said) {
      const who =
        message_type === 0 ? words.you! : (sender && (sender.available_name || sender.name)) || channel.websiteName
      log.appendChild(element('p', { dir: 'auto' }, element('b', {}, who), ' ', content!))
    }
    log.scrollTop = log.scrollHeight
  }
  const look = (): void => void show().catch(() => undefined)

  let echo_id = newEchoId()
  async function send(): Promise<void> {
    const content = field.value.trim()
    if (!content || button.disabled) return
    button.disabled = true
    status.textContent = words.queued!
    try {
      // The same number again after a lost answer: the server writes it once.
      await call('POST', 'messages', { message: { content, echo_id, timestamp: new Date().toISOString() } })
      echo_id = newEchoId()
      field.value = ''
      status.textContent = words.sent!
      look()
    } catch (error) {
      // The text stays in the field.
      const minutes = Math.ceil(waitAfter(error) / 60000)
      status.textContent = `${sentenceOf(error) || words.failedNow}${minutes ? ` (${minutes} min)` : ''}`
    }
    button.disabled = false
  }
  form.onsubmit = (event) => {
    event.preventDefault()
    void send()
  }
  field.onkeydown = (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return
    event.preventDefault()
    void send()
  }
  document.onkeydown = (event) => {
    if (event.key === 'Escape') tellPage('closeWindow')
  }
  listen((told) => {
    if (told.event !== 'toggle-open' || told.isOpen !== true) return
    field.focus()
    look()
  })
  look()
  setInterval(look, LOOK_MS)
  tellPage('loaded', { config: { authToken: window.authToken, channelConfig: channel } })
}

void start()
