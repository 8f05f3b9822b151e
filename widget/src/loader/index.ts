/**
 * The line a customer pastes. It paints the launcher at once and offers the page its methods (behaviour.md F.28); the
 * frame, and the bridge that speaks with it, come when they are needed. Each byte here is paid by every page of a site.
 */
import { readCookie, writeCookie } from './cookies'
import { fingerprint } from './fingerprint'
import { PREFIX, SESSION, type Link } from './link'
import { readSettings, type Given } from './settings'
import styles from './styles.css?inline'

const MAKERS = ['chatwoot', 'ventanilla'] as const
const SHAPE_OPEN = '<path d="m6 9 6 6 6-6"/>'
const SHAPE_CLOSED = '<path d="M4 5h16v11h-8l-5 4v-4H4z"/>'
const host = window as unknown as Given

interface Bridge {
  connect(link: Link, early: MessageEvent[]): void
}

interface Run {
  websiteToken: string
  baseUrl: string
}

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className: string,
  id: string,
): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(name), { className, id })
}

function announce(name: string, detail?: unknown): void {
  for (const maker of MAKERS) dispatchEvent(new CustomEvent(`${maker}:${name}`, { detail }))
}

function start({ websiteToken, baseUrl }: Run): void {
  const origin = new URL(baseUrl).origin
  const given = { ...(host.chatwootSettings as Given), ...(host.ventanillaSettings as Given) }
  const options = readSettings(given)
  const { baseDomain, launcherTitle } = options
  const userCookie = 'cw_user_' + websiteToken
  const query = '?website_token=' + encodeURIComponent(websiteToken)

  // Without a wish of the page the side follows its direction of writing.
  const side = given.position ? ' woot-elements--' + options.position : ''
  const holder = element('div', 'woot-widget-holder woot--hide' + side, 'cw-widget-holder')
  const bubbleHolder = element('div', 'woot--bubble-holder' + side, 'cw-bubble-holder')
  const bubble = element('button', 'woot-widget-bubble', 'cw-bubble')
  const sheet = element('style', '', 'cw-styles')
  const title = element('span', '', 'cw-launcher-title')
  const isWide = options.type === 'expanded_bubble' && launcherTitle
  title.textContent = launcherTitle

  const address = (): string =>
    `${origin}/widget${query}&cw_conversation=${readCookie(SESSION)}&locale=${encodeURIComponent(api.locale)}`

  // ── speaking with the frame ──
  function post(event: string, words?: Given): void {
    const said = { ...words, event }
    if (link.isReady) link.frame!.contentWindow!.postMessage(PREFIX + JSON.stringify(said), origin)
    else link.waiting.push(said)
  }

  /** The frame, and the part of the loader that speaks with it: both load only now, side by side. */
  function makeFrame(): void {
    if (link.frame) return
    const frame = (link.frame = element('iframe', '', 'chatwoot_live_chat_widget'))
    frame.title = 'Chat'
    frame.allow = 'clipboard-write'
    frame.src = address()
    holder.append(frame)
    const early: MessageEvent[] = []
    const keep = (message: MessageEvent): unknown => early.push(message)
    addEventListener('message', keep)
    void import(/* @vite-ignore */ origin + '/packs/js/bridge.js').then((bridge: Bridge) => {
      removeEventListener('message', keep)
      bridge.connect(link, early)
    })
  }

  /** A method that hands one thing to the frame, and creates the frame for it. */
  const teller =
    <T>(event: string, name: string) =>
    (value: T): void => {
      if (!value || (typeof value === 'object' && !Object.keys(value).length))
        throw Error(event + ': nothing was given')
      post(event, { [name]: value })
      makeFrame()
    }

  // ── the launcher ──
  /** The company's colour, with white or ink on it, whichever stands out more. */
  function paint(colour: unknown): void {
    const parts = /^#(..)(..)(..)$/.exec(colour as string)
    if (!parts) return
    const [r, g, b] = parts.slice(1).map((part) => (parseInt(part, 16) / 255) ** 2.2) as [number, number, number]
    bubble.style.setProperty('--vb', colour as string)
    bubble.style.setProperty('--vi', 0.21 * r + 0.72 * g + 0.07 * b > 0.19 ? '#1c1712' : '#fff')
  }

  function draw(): void {
    const { isOpen } = api
    const hadFocus = document.activeElement === link.frame
    link.settle()
    bubble.ariaExpanded = '' + isOpen
    bubble.classList.toggle('woot--close', isOpen)
    bubble.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${isOpen ? SHAPE_OPEN : SHAPE_CLOSED}</svg>`
    if (!isOpen && isWide) bubble.append(title)
    bubble.ariaLabel = isOpen
      ? isSpanish
        ? 'Cerrar chat'
        : 'Close chat'
      : launcherTitle || (isSpanish ? 'Abrir chat' : 'Open chat')
    if (isOpen) link.frame!.focus()
    else if (hadFocus) bubble.focus()
  }

  /** Some sites swap the whole body: put what is ours into the new one. A frame that moves loads again. */
  function attach(): void {
    const { body } = document
    if (holder.parentNode !== body || bubbleHolder.parentNode !== body) {
      link.isReady = false
      if (link.frame) link.frame.src = address()
      body.append(sheet, holder, bubbleHolder)
    }
    watcher.observe(document.documentElement, { childList: true })
    watcher.observe(body, { childList: true })
  }
  const watcher = new MutationObserver(attach)

  const api = {
    ...options,
    locale: options.useBrowserLanguage ? navigator.language : options.locale,
    baseUrl,
    websiteToken,
    hasLoaded: false,
    isOpen: false,
    resetTriggered: false,
    identifier: undefined as string | number | undefined,
    user: undefined as Given | undefined,

    toggle(state?: 'open' | 'close'): void {
      const isOpen = state ? state === 'open' : !api.isOpen
      if (isOpen === api.isOpen) return
      api.isOpen = isOpen
      if (isOpen) makeFrame()
      draw()
      post('toggle-open', { isOpen })
      if (isOpen) {
        post('widget-visible')
        post('push-event', { eventName: 'webwidget.triggered' })
      }
      announce(isOpen ? 'opened' : 'closed')
    },
    toggleBubbleVisibility(state: 'show' | 'hide'): void {
      const hideMessageBubble = (api.hideMessageBubble = state === 'hide')
      bubbleHolder.classList.toggle('woot--hide', hideMessageBubble)
      post('sdk-set-bubble-visibility', { hideMessageBubble })
    },
    popoutChatWindow(): void {
      open(address(), '_blank', 'width=400,height=600')
      api.toggle('close')
    },
    setUser(identifier: string | number, user: Given): void {
      if (!/^(string|number)$/.test(typeof identifier))
        throw Error('setUser: the identifier must be a string or a number')
      if (!user?.avatar_url && !user?.email && !user?.name) throw Error('setUser: give avatar_url, email or name')
      Object.assign(api, { identifier, user })
      const print = fingerprint([user.avatar_url, user.email, user.name, user.identifier_hash, identifier].join())
      if (readCookie(userCookie) === print) return
      writeCookie(userCookie, print, baseDomain)
      post('set-user', { identifier: '' + identifier, user })
      makeFrame()
    },
    setCustomAttributes: teller<Given>('set-custom-attributes', 'customAttributes'),
    deleteCustomAttribute: teller<string>('delete-custom-attribute', 'customAttribute'),
    setConversationCustomAttributes: teller<Given>('set-conversation-custom-attributes', 'customAttributes'),
    deleteConversationCustomAttribute: teller<string>('delete-conversation-custom-attribute', 'customAttribute'),
    setLabel: teller<string>('set-label', 'label'),
    removeLabel: teller<string>('remove-label', 'label'),
    setLocale(locale: string): void {
      post('set-locale', { locale: (api.locale = locale) })
    },
    setColorScheme(darkMode: typeof options.darkMode): void {
      post('set-color-scheme', { darkMode: (api.darkMode = darkMode) })
    },
    reset(): void {
      api.toggle('close')
      writeCookie(SESSION, '', baseDomain, 0)
      writeCookie(userCookie, '', baseDomain, 0)
      Object.assign(api, { identifier: undefined, user: undefined, resetTriggered: true })
      link.isReady = false
      link.waiting = []
      link.settle()
      if (link.frame) link.frame.src = address()
    },
  }

  const link: Link = {
    api,
    options,
    origin,
    userCookie,
    holder,
    bubble,
    isReady: false,
    waiting: [],
    // Until the bridge is there the chat stays hidden, open or not.
    settle: () => undefined,
    post,
    paint,
    announce,
  }
  host.$chatwoot = host.$ventanilla = api
  const isSpanish = /^es/i.test(api.locale || document.documentElement.lang || navigator.language)
  sheet.textContent = styles
  if (options.widgetStyle === 'flat') bubble.classList.add('woot--flat')
  bubble.type = 'button'
  bubble.onclick = () => api.toggle()
  bubble.onkeydown = ({ key }) => {
    if (key === 'Escape') api.toggle('close')
  }
  bubbleHolder.append(bubble)
  if (options.hideMessageBubble) bubbleHolder.classList.add('woot--hide')
  draw()

  function begin(): void {
    attach()
    if (readCookie(SESSION)) makeFrame()
    else {
      void fetch(`${origin}/widget/look${query}`)
        .then((answer) => answer.json())
        .then(
          (look: Given) => paint(look.widget_color),
          () => 0,
        )
    }
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
