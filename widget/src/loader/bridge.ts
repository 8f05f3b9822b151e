/** Speaks with the messenger's frame on behalf of the page (behaviour.md F.28). Loaded together with the frame. */
import styles from './bridge.css?inline'
import { cookieWriter } from './cookie-writer'
import { fingerprint } from './fingerprint'
import { PREFIX, SESSION, type Later, type Link } from './link'
import type { Given } from './settings'
import { write } from './words'

const PHONE = '(max-width:479.98px)'
const SNOOZE_SECONDS = 3600
const LOOK_MS = 500

/** From now on the frame is heard; `early` is what arrived while this was loading. */
export function connect(link: Link, early: MessageEvent[]): void {
  const { api, options, holder, bubble, announce, style } = link
  const writeCookie = cookieWriter(link.kept, options.baseDomain)
  const userCookie = 'cw_user_' + api.websiteToken
  const phone = matchMedia(PHONE)
  const viewport = window.visualViewport // unknown to Firefox before 91
  // In a sandboxed page every origin is "null", the frame's too.
  const isSandboxed = window.origin === 'null'
  const origin = isSandboxed ? 'null' : link.origin

  const isUnreadView = (): boolean => holder.classList.contains('has-unread-view')

  function setUnreadView(on: boolean): void {
    holder.classList.toggle('has-unread-view', on)
    holder.classList.toggle('woot--hide', !on && !api.isOpen)
    if (!on) holder.style.removeProperty('--unread')
  }

  function badge(count: number): void {
    bubble.classList.toggle('unread-notification', count > 0 && !api.isOpen)
    bubble.dataset.unread = count > 9 ? '9+' : String(count)
  }

  let waiting: Given[] = []
  function post(event: string, words?: Given): void {
    const said = { ...words, event }
    if (link.isReady) link.frame!.contentWindow!.postMessage(PREFIX + write(said), isSandboxed ? '*' : origin)
    else waiting.push(said)
  }

  let isAwaited = false
  /**
   * Only a frame whose page is there takes the focus: when one that has it goes over to the process of another site,
   * Chromium may leave the keys here while the field inside believes that it has them.
   */
  function takeFocus(): void {
    isAwaited = !link.isReady
    if (link.isReady) link.frame!.focus()
  }

  const tellPage = (): void => post('change-url', { referrerURL: location.href, referrerHost: location.host })

  // What the messenger may not keep itself: many browsers deny storage to frames of other sites.
  const place = 'ventanilla:' + api.websiteToken
  const forPage: Record<string, string> = {}
  const stored = (isTab: boolean): Record<string, string> => {
    try {
      return JSON.parse((isTab ? sessionStorage : localStorage).getItem(place) ?? '{}') as Record<string, string>
    } catch {
      return {}
    }
  }
  const kept = (): Record<string, string> => ({ ...stored(false), ...stored(true), ...forPage })
  function keep(key: string, value: string, isTab: boolean): void {
    const all = stored(isTab)
    if (value) all[key] = value
    else delete all[key]
    try {
      ;(isTab ? sessionStorage : localStorage).setItem(place, write(all))
    } catch {
      // A page without storage keeps it as long as it lives, for a frame that loads again.
      forPage[key] = value
    }
  }

  const heard: Record<string, (words: Given) => void> = {
    loaded({ config }) {
      const { authToken } = config as { authToken: string }
      const before = waiting
      waiting = []
      link.isReady = true
      writeCookie(SESSION, authToken)
      post('config-set', {
        ...options,
        locale: api.locale,
        darkMode: api.darkMode,
        isMobile: phone.matches,
        kept: kept(),
        isForgetful: link.keptByBrowser(SESSION) === undefined,
      })
      tellPage()
      post('toggle-open', { isOpen: api.isOpen })
      for (const { event, ...words } of before) if (event !== 'toggle-open') post(event as string, words)
      if (isAwaited && api.isOpen) takeFocus()
    },
    error({ errorType, data }) {
      writeCookie(userCookie, '', 0)
      announce('error', { errorType, data })
    },
    onEvent: (words) => announce(String(words.eventIdentifier).split(':')[1]!, words.data),
    setBubbleLabel: (words) => bubble.setAttribute('aria-label', String(words.label)),
    setAuthCookie: (words) => {
      // The frame continues as another visitor: it loads again.
      link.isReady = false
      writeCookie(SESSION, String((words.data as Given).widgetAuthToken))
    },
    setCampaignReadOn: () =>
      writeCookie('cw_snooze_campaigns_till', String(Date.now() + SNOOZE_SECONDS * 1000), SNOOZE_SECONDS),
    toggleBubble: () => api.toggle(),
    keep: ({ key, value, isTab }) => keep(key as string, value as string, isTab === true),
    closeWindow: () => api.toggle('close'),
    closeChat: () => api.toggle('close'),
    popoutChatWindow: () => api.popoutChatWindow(),
    updateIframeHeight: (words) => {
      const height = Number(words.extraHeight)
      if (isUnreadView() && height > 0) holder.style.setProperty('--unread', `${height}px`)
    },
    setUnreadMode: () => setUnreadView(!api.isOpen && api.showUnreadMessagesDialog),
    resetUnreadMode: () => setUnreadView(false),
    handleNotificationDot: (words) => badge(Number(words.unreadMessageCount)),
  }

  function hear({ source, origin: from, data }: MessageEvent<unknown>): void {
    if (source !== link.frame!.contentWindow || from !== origin) return
    if (typeof data !== 'string' || !data.startsWith(PREFIX)) return
    const words = JSON.parse(data.slice(PREFIX.length)) as Given
    const name = String(words.event)
    if (Object.prototype.hasOwnProperty.call(heard, name)) heard[name]!(words)
  }

  // ── what the page asks for ──
  const teller =
    (event: string, name: string) =>
    (value: unknown): void =>
      post(event, { [name]: value })
  const asked: Record<Later, (...words: never[]) => void> = {
    popoutChatWindow() {
      open(link.address(), '_blank', 'width=400,height=600')
      api.toggle('close')
    },
    setUser(identifier: string | number, user: Given) {
      const print = fingerprint([user.avatar_url, user.email, user.name, user.identifier_hash, identifier].join())
      if (link.readCookie(userCookie, link.kept) === print) return
      writeCookie(userCookie, print)
      post('set-user', { identifier: '' + identifier, user })
    },
    setCustomAttributes: teller('set-custom-attributes', 'customAttributes'),
    deleteCustomAttribute: teller('delete-custom-attribute', 'customAttribute'),
    setConversationCustomAttributes: teller('set-conversation-custom-attributes', 'customAttributes'),
    deleteConversationCustomAttribute: teller('delete-conversation-custom-attribute', 'customAttribute'),
    setLabel: teller('set-label', 'label'),
    removeLabel: teller('remove-label', 'label'),
    reset() {
      api.toggle('close')
      writeCookie(SESSION, '', 0)
      writeCookie(userCookie, '', 0)
      Object.assign(api, { identifier: undefined, user: undefined, resetTriggered: true })
      link.isReady = false
      waiting = []
      setUnreadView(false)
      badge(0)
      link.frame!.src = link.address()
    },
  }
  const perform = ([name, words]: [Later, unknown[]]): void => asked[name](...(words as never[]))

  // ── a chat that fills a phone ──
  const locked = [document.documentElement, document.body].map((part) => part.style)
  /** The page behind does not scroll, and the chat stands above the keyboard. */
  function fill(): void {
    const isFull = api.isOpen && phone.matches
    for (const place of locked) {
      if (isFull) place.setProperty('overflow', 'hidden', 'important')
      else if (place.getPropertyPriority('overflow')) place.removeProperty('overflow')
    }
    const { height, offsetTop } = viewport ?? { height: innerHeight, offsetTop: 0 }
    holder.style.setProperty('--height', `${height}px`)
    holder.style.setProperty('--top', `${offsetTop}px`)
  }

  link.settle = () => {
    const { isOpen } = api
    setUnreadView(false)
    badge(0)
    fill()
    post('toggle-open', { isOpen })
    if (!isOpen) return
    takeFocus()
    post('widget-visible')
    post('push-event', { eventName: 'webwidget.triggered' })
  }
  const { toggleBubbleVisibility, setColorScheme } = api
  api.toggleBubbleVisibility = (state) => {
    toggleBubbleVisibility(state)
    post('sdk-set-bubble-visibility', { hideMessageBubble: api.hideMessageBubble })
  }
  api.setColorScheme = (darkMode) => {
    setColorScheme(darkMode)
    post('set-color-scheme', { darkMode })
  }
  // From now on the messenger says what the launcher is called.
  api.setLocale = (locale) => post('set-locale', { locale: (api.locale = locale) })
  style(holder, styles)
  style(bubble, styles)
  link.settle()
  link.calls.splice(0).forEach(perform)
  link.calls.push = (...calls) => {
    calls.forEach(perform)
    return 0
  }
  early.forEach(hear)
  addEventListener('message', hear)
  for (const name of ['resize', 'scroll']) viewport?.addEventListener(name, fill)
  phone.addEventListener?.('change', () => {
    fill()
    post('toggle-close-button', { isMobile: phone.matches })
  })

  let seen = location.href
  setInterval(() => {
    if (seen === location.href || !link.isReady) return
    seen = location.href
    tellPage()
  }, LOOK_MS)
}
