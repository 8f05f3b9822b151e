/** What the loader and its bridge share. */
import type * as cookies from './cookies'
import type { Given, Settings } from './settings'
import type { style } from './shadow'

export const PREFIX = 'chatwoot-widget:'
export const SESSION = 'cw_conversation'

/** What the page may call and read (behaviour.md F.28). */
export interface Api extends Settings {
  baseUrl: string
  websiteToken: string
  hasLoaded: boolean
  isOpen: boolean
  resetTriggered: boolean
  identifier: string | number | undefined
  user: Given | undefined
  toggle(state?: 'open' | 'close'): void
  toggleBubbleVisibility(state: 'show' | 'hide'): void
  setLocale(locale: string): void
  setColorScheme(darkMode: Settings['darkMode']): void
  popoutChatWindow: Asked
  setUser: Asked
  setCustomAttributes: Asked
  deleteCustomAttribute: Asked
  setConversationCustomAttributes: Asked
  deleteConversationCustomAttribute: Asked
  setLabel: Asked
  removeLabel: Asked
  reset: Asked
}

type Asked = (...words: unknown[]) => void

export type Later =
  | 'popoutChatWindow'
  | 'setUser'
  | 'setCustomAttributes'
  | 'deleteCustomAttribute'
  | 'setConversationCustomAttributes'
  | 'deleteConversationCustomAttribute'
  | 'setLabel'
  | 'removeLabel'
  | 'reset'

export interface Link {
  api: Api
  options: Settings
  origin: string
  holder: HTMLElement
  bubble: HTMLElement
  frame?: HTMLIFrameElement
  /** The messenger listens: words reach it at once. Otherwise they wait. */
  isReady: boolean
  /** What the page called before the bridge was there to do it. */
  calls: [Later, unknown[]][]
  address(): string
  /** Cookies of this page, for browsers that keep none. */
  kept: Record<string, string>
  keptByBrowser: typeof cookies.keptByBrowser
  readCookie: typeof cookies.readCookie
  style: typeof style
  /** Show or hide the chat as `api.isOpen` says. */
  settle(): void
  announce(name: string, detail?: unknown): void
}
