/** Speaks with the messenger's frame on behalf of the page (behaviour.md F.28). Loaded together with the frame. */
import styles from './bridge.css?inline'
import { writeCookie } from './cookies'
import { PREFIX, SESSION, type Link } from './link'
import type { Given } from './settings'

const PHONE = '(max-width:479.98px)'
const SNOOZE_SECONDS = 3600
const LOOK_MS = 500

/** From now on the frame is heard; `early` is what arrived while this was loading. */
export function connect(link: Link, early: MessageEvent[]): void {
  const { api, options, origin, holder, bubble, post, announce } = link
  const { baseDomain } = options
  const phone = matchMedia(PHONE)

  const isUnreadView = (): boolean => holder.classList.contains('has-unread-view')

  function setUnreadView(on: boolean): void {
    holder.classList.toggle('has-unread-view', on)
    holder.classList.toggle('woot--hide', !on && !api.isOpen)
    if (!on) holder.style.height = ''
  }

  function badge(count: number): void {
    bubble.classList.toggle('unread-notification', count > 0 && !api.isOpen)
    bubble.dataset.unread = count > 9 ? '9+' : String(count)
  }

  const tellPage = (): void => post('change-url', { referrerURL: location.href, referrerHost: location.host })

  const heard: Record<string, (words: Given) => void> = {
    loaded({ config }) {
      const { authToken, channelConfig } = config as { authToken: string; channelConfig: Given }
      const before = link.waiting
      link.waiting = []
      link.isReady = true
      writeCookie(SESSION, authToken, baseDomain)
      link.paint(channelConfig.widgetColor)
      post('config-set', { ...options, locale: api.locale, darkMode: api.darkMode, isMobile: phone.matches })
      tellPage()
      post('toggle-open', { isOpen: api.isOpen })
      for (const { event, ...words } of before) if (event !== 'toggle-open') post(event as string, words)
    },
    error({ errorType, data }) {
      writeCookie(link.userCookie, '', baseDomain, 0)
      announce('error', { errorType, data })
    },
    onEvent: (words) => announce(String(words.eventIdentifier).split(':')[1]!, words.data),
    setBubbleLabel: (words) => (bubble.ariaLabel = String(words.label)),
    setAuthCookie: (words) => {
      // The frame goes on as another visitor: it loads again.
      link.isReady = false
      writeCookie(SESSION, String((words.data as Given).widgetAuthToken), baseDomain)
    },
    setCampaignReadOn: () =>
      writeCookie('cw_snooze_campaigns_till', String(Date.now() + SNOOZE_SECONDS * 1000), baseDomain, SNOOZE_SECONDS),
    toggleBubble: () => api.toggle(),
    closeWindow: () => api.toggle('close'),
    closeChat: () => api.toggle('close'),
    popoutChatWindow: () => api.popoutChatWindow(),
    updateIframeHeight: (words) => {
      const height = Number(words.extraHeight)
      if (isUnreadView() && height > 0) holder.style.height = `${height}px`
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
    if (Object.hasOwn(heard, name)) heard[name]!(words)
  }

  link.settle = () => {
    setUnreadView(false)
    badge(0)
  }
  const sheet = document.createElement('style')
  sheet.textContent = styles
  holder.prepend(sheet)
  link.settle()
  if (api.isOpen) link.frame!.focus()
  early.forEach(hear)
  addEventListener('message', hear)
  phone.addEventListener('change', () => post('toggle-close-button', { isMobile: phone.matches }))

  let seen = location.href
  setInterval(() => {
    if (seen === location.href || !link.isReady) return
    seen = location.href
    tellPage()
  }, LOOK_MS)
}
