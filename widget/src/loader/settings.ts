/** What the customer's page asks for before `run`. */

export type Given = Record<string, unknown>
type Scheme = 'light' | 'auto' | 'dark'

export interface Settings {
  [name: string]: unknown
  hideMessageBubble: boolean
  position: 'right' | 'left'
  locale: string
  useBrowserLanguage: boolean
  type: 'standard' | 'expanded_bubble'
  launcherTitle: string
  showPopoutButton: boolean
  showUnreadMessagesDialog: boolean
  widgetStyle: 'standard' | 'flat'
  darkMode: Scheme
  baseDomain: string
}

const DEFAULTS: Settings = {
  hideMessageBubble: false,
  position: 'right',
  locale: '',
  useBrowserLanguage: false,
  type: 'standard',
  launcherTitle: '',
  showPopoutButton: false,
  showUnreadMessagesDialog: true,
  widgetStyle: 'standard',
  darkMode: 'light',
  baseDomain: '',
}

/** The given settings over the defaults; one of the wrong type counts as not given. Unknown ones go to the messenger. */
export function readSettings(given: Given): Settings {
  const read: Settings = { ...given, ...DEFAULTS }
  for (const name in DEFAULTS) if (typeof given[name] === typeof DEFAULTS[name]) read[name] = given[name]
  return read
}
