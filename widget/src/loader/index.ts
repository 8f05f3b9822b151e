/**
 * The line a customer pastes. It paints the launcher at once and offers the page its methods (behaviour.md F.28); the
 * frame, and the bridge that speaks with it, come when they are needed. Each byte here is paid by every page of a site.
 *
 * The page is hostile ground: its rules end at our shadows, its policy need allow no more than this script and our frame
 * (no `style` element, no markup from text, no request), and what it did to the built-in objects is not relied upon.
 */
import { keptByBrowser, readCookie } from './cookies'
import { SESSION, type Api, type Later, type Link } from './link'
import { readSettings, type Given } from './settings'
import { style } from './shadow'
import styles from './styles.css?inline'

const MAKERS = ['chatwoot', 'ventanilla'] as const
// Each needs the bridge, which comes for it.
const LATER: Later[] = [
  'popoutChatWindow',
  'setUser',
  'setCustomAttributes',
  'deleteCustomAttribute',
  'setConversationCustomAttributes',
  'deleteConversationCustomAttribute',
  'setLabel',
  'removeLabel',
  'reset',
]
const SHAPE_OPEN = 'm6 9 6 6 6-6'
const SHAPE_CLOSED = 'M4 5h16v11h-8l-5 4v-4H4z'
const host = window as unknown as Given

interface Bridge {
  connect(link: Link, early: MessageEvent[]): void
}

interface Run {
  websiteToken: string
  baseUrl: string
}

/** What the look frame tells (ventanilla/web/widget.py). */
interface Look {
  widget_color: string
  position: string
  open: string
  close: string
  is_allowed: boolean
}

function element(className: string, id: string): HTMLElement {
  return Object.assign(document.createElement('div'), { className, id })
}

function drawing<K extends keyof SVGElementTagNameMap>(name: K): SVGElementTagNameMap[K] {
  return document.createElementNS('http://www.w3.org/2000/svg', name)
}

function announce(name: string, detail?: unknown): void {
  for (const maker of MAKERS) dispatchEvent(new CustomEvent(`${maker}:${name}`, { detail }))
}

function start({ websiteToken, baseUrl }: Run): void {
  const origin = new URL(baseUrl).origin
  const given = { ...(host.chatwootSettings as Given), ...(host.ventanillaSettings as Given) }
  const options = readSettings(given)
  const { launcherTitle } = options
  const said = { open: launcherTitle || 'Chat', close: 'Chat' }

  const holder = element('woot-widget-holder woot--hide', 'cw-widget-holder')
  const bubbleHolder = element('woot--bubble-holder', 'cw-bubble-holder')
  const bubble = element('woot-widget-bubble', 'cw-bubble')
  const icon = drawing('svg')
  const shape = drawing('path')
  const title = document.createElement('span')

  // ── the launcher ──
  /** Without a wish of page or company the side follows the page's direction of writing. */
  function place(side: unknown): void {
    for (const one of ['left', 'right'])
      for (const box of [holder, bubbleHolder]) box.classList.toggle('woot-elements--' + one, side === one)
  }

  /** The company's colour, with white or ink on it, whichever stands out more. */
  function paint(colour: string): void {
    const parts = /^#(..)(..)(..)$/.exec(colour)
    if (!parts) return
    const [r, g, b] = parts.slice(1).map((part) => (parseInt(part, 16) / 255) ** 2.2) as [number, number, number]
    bubble.style.setProperty('--vb', colour, 'important')
    bubble.style.setProperty('--vi', 0.21 * r + 0.72 * g + 0.07 * b > 0.19 ? '#1c1712' : '#fff', 'important')
  }

  function name(): void {
    bubble.setAttribute('aria-label', api.isOpen ? said.close : said.open)
  }

  function draw(): void {
    const { isOpen } = api
    const hadFocus = document.activeElement === link.frame
    link.settle()
    bubble.setAttribute('aria-expanded', '' + isOpen)
    bubble.classList.toggle('woot--close', isOpen)
    shape.setAttribute('d', isOpen ? SHAPE_OPEN : SHAPE_CLOSED)
    title.hidden = isOpen || !title.textContent
    name()
    if (!isOpen && hadFocus) bubble.focus()
  }

  /**
   * Beside the body, which some sites swap, move or magnify, and after it, so that nothing in it stands before us. A
   * frame that moves loads again.
   */
  function attach(): void {
    const { documentElement } = document
    if (holder.parentNode !== documentElement || bubbleHolder.parentNode !== documentElement) {
      link.isReady = false
      if (link.frame) link.frame.src = link.address()
      documentElement.append(holder, bubbleHolder)
    }
    watcher.observe(document, { childList: true })
    watcher.observe(documentElement, { childList: true })
  }
  const watcher = new MutationObserver(attach)

  const address = (path: string, more: Record<string, string>): string =>
    `${origin}/widget${path}?` + new URLSearchParams({ website_token: websiteToken, locale: api.locale, ...more })

  /** Ask for colour, side and words, by a frame: a request would need another word in the page's policy. */
  function look(): void {
    const frame = document.createElement('iframe')
    const hear = ({ source, data }: MessageEvent<string>): void => {
      if (source !== frame.contentWindow) return
      const told = JSON.parse(data) as Look
      removeEventListener('message', hear)
      frame.remove()
      if (!told.is_allowed) {
        watcher.disconnect()
        holder.remove()
        bubbleHolder.remove()
      }
      paint(told.widget_color)
      if (!given.position) place(told.position)
      said.open = launcherTitle || told.open
      said.close = told.close
      if (!link.frame) name()
    }
    frame.hidden = true
    frame.src = address('/look', { host: location.host })
    addEventListener('message', hear)
    bubble.shadowRoot!.append(frame)
  }

  /** The frame, and the part of the loader that speaks with it: both load only now, side by side. */
  function makeFrame(): void {
    if (link.frame) return
    const frame = (link.frame = document.createElement('iframe'))
    frame.id = 'chatwoot_live_chat_widget'
    frame.title = 'Chat'
    frame.allow = 'clipboard-write'
    frame.src = link.address()
    holder.append(frame)
    const early: MessageEvent[] = []
    const keep = (message: MessageEvent): unknown => early.push(message)
    addEventListener('message', keep)
    void import(/* @vite-ignore */ origin + '/packs/js/bridge.js').then((bridge: Bridge) => {
      removeEventListener('message', keep)
      bridge.connect(link, early)
    })
  }

  function later(name: Later, words: unknown[]): void {
    const [given, user] = words as [unknown, Given | undefined]
    if (name === 'setUser') {
      if (!/^(string|number)$/.test(typeof given)) throw Error('setUser: the identifier must be text or number')
      if (!user?.avatar_url && !user?.email && !user?.name) throw Error('setUser: give avatar_url, email or name')
      Object.assign(api, { identifier: given, user })
    } else if (/[Ll]abel|Attr/.test(name) && !Object.keys(Object(given ?? '')).length)
      throw Error(name + ': give something')
    link.calls.push([name, words])
    makeFrame()
  }

  const api = {
    ...options,
    locale: options.useBrowserLanguage ? navigator.language : options.locale,
    baseUrl,
    websiteToken,
    hasLoaded: false,
    isOpen: false,
    resetTriggered: false,
    identifier: undefined,
    user: undefined,

    toggle(state?: 'open' | 'close') {
      const isOpen = state ? state === 'open' : !api.isOpen
      if (isOpen === api.isOpen) return
      api.isOpen = isOpen
      if (isOpen) makeFrame()
      draw()
      announce(isOpen ? 'opened' : 'closed')
    },
    toggleBubbleVisibility(state: 'show' | 'hide') {
      bubbleHolder.classList.toggle('woot--hide', (api.hideMessageBubble = state === 'hide'))
    },
    setLocale(locale: string) {
      api.locale = locale
      look()
    },
    setColorScheme(darkMode: typeof options.darkMode) {
      api.darkMode = darkMode
    },
  } as Api
  for (const name of LATER) api[name] = (...words: unknown[]) => later(name, words)

  const link: Link = {
    api,
    options,
    origin,
    holder,
    bubble,
    isReady: false,
    calls: [],
    address: () =>
      address('', {
        cw_conversation: readCookie(SESSION, link.kept),
        ...(window.crossOriginIsolated && { isolated: '1' }),
      }),
    kept: {},
    keptByBrowser,
    readCookie,
    style,
    // Until the bridge is there the chat stays hidden, open or not.
    settle: () => undefined,
    announce,
  }
  host.$chatwoot = host.$ventanilla = api
  for (const box of [holder, bubbleHolder]) style(box, styles).append(document.createElement('slot'))
  title.textContent = options.type === 'expanded_bubble' ? launcherTitle : ''
  icon.setAttribute('viewBox', '0 0 24 24')
  icon.append(shape)
  style(bubble, styles).append(icon, title)
  if (options.widgetStyle === 'flat') bubble.classList.add('woot--flat')
  if (given.position) place(options.position)
  bubble.setAttribute('role', 'button')
  bubble.tabIndex = 0
  bubble.onclick = () => api.toggle()
  bubble.onkeydown = (event) => {
    if (event.key === 'Escape') api.toggle('close')
    if (/^(Enter| )$/.test(event.key)) {
      event.preventDefault()
      api.toggle()
    }
  }
  bubbleHolder.append(bubble)
  if (options.hideMessageBubble) bubbleHolder.classList.add('woot--hide')
  draw()

  function begin(): void {
    attach()
    look()
    if (keptByBrowser(SESSION)) makeFrame()
    api.hasLoaded = true
    setTimeout(announce, 0, 'ready')
  }
  if (document.body) begin()
  else addEventListener('DOMContentLoaded', begin)
}

for (const maker of MAKERS) {
  host[maker + 'SDK'] = {
    run(given: Run): void {
      if (!host.$chatwoot) start(given)
    },
  }
}
