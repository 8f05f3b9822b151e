/** What the loader and its bridge share. */
import type { Given, Settings } from './settings'

export const PREFIX = 'chatwoot-widget:'
export const SESSION = 'cw_conversation'

export interface Link {
  api: {
    isOpen: boolean
    locale: string
    darkMode: string
    showUnreadMessagesDialog: boolean
    toggle(state?: 'open' | 'close'): void
    popoutChatWindow(): void
  }
  options: Settings
  origin: string
  userCookie: string
  holder: HTMLElement
  bubble: HTMLElement
  frame?: HTMLIFrameElement
  /** The messenger listens: words reach it at once. Otherwise they wait. */
  isReady: boolean
  waiting: Given[]
  /** Show or hide the chat as `api.isOpen` says, and forget what was unread. */
  settle(): void
  post(event: string, words?: Given): void
  paint(colour: unknown): void
  announce(name: string, detail?: unknown): void
}
