/** What the page around the frame may ask for (behaviour.md F.28, page to iframe). */
import { call, Refused, sentenceOf } from './api'
import { listen, tellPage, type Words } from './frame'
import { receiveKept } from './kept'
import type { Messenger } from './messenger'
import { knownLanguage, spoken } from './texts'
import { applyScheme } from './scheme'

type Attributes = Record<string, unknown>

/** Attributes and labels for a conversation that does not exist yet wait for it. */
const forConversation: (() => Promise<unknown>)[] = []

export function obey(messenger: Messenger, ready: () => void): void {
  const { channel } = messenger.state
  const whenThereIsOne = (work: () => Promise<unknown>): void => {
    forConversation.push(work)
    flush(messenger)
  }
  const commands: Record<string, (words: Words) => void> = {
    'config-set': (words) => {
      // Asked for in the frame's address too, where the server chose; here it counts when it changed meanwhile.
      void messenger.speak(knownLanguage(String(words.locale)) ?? spoken())
      applyScheme(words.darkMode)
      receiveKept(words.kept)
      messenger.remember()
      messenger.set({ wishes: words, isForgetful: words.isForgetful === true })
      ready()
    },
    'change-url': (words) => messenger.pageIs(String(words.referrerURL)),
    'toggle-open': (words) => messenger.opened(words.isOpen === true),
    'toggle-close-button': () => undefined, // the close button is always there
    'widget-visible': () => undefined,
    'sdk-set-bubble-visibility': () => undefined,
    'push-event': (words) => void messenger.triggered(String(words.eventName)),
    'set-user': (words) => void setUser(messenger, String(words.identifier), words.user as Attributes),
    'set-custom-attributes': (words) =>
      quietly(call('PATCH', 'contact', { custom_attributes: words.customAttributes })),
    'delete-custom-attribute': (words) =>
      quietly(call('POST', 'contact/destroy_custom_attributes', { custom_attributes: [words.customAttribute] })),
    'set-conversation-custom-attributes': (words) =>
      whenThereIsOne(() =>
        call('POST', 'conversations/set_custom_attributes', { custom_attributes: words.customAttributes }),
      ),
    'delete-conversation-custom-attribute': (words) =>
      whenThereIsOne(() =>
        call('POST', 'conversations/destroy_custom_attributes', { custom_attribute: [words.customAttribute] }),
      ),
    'set-label': (words) => whenThereIsOne(() => call('POST', 'labels', { label: words.label })),
    'remove-label': (words) =>
      whenThereIsOne(() => call('DELETE', `labels/${encodeURIComponent(String(words.label))}`)),
    'set-locale': (words) => {
      void messenger.speak(knownLanguage(String(words.locale)) ?? channel.locale)
    },
    'set-color-scheme': (words) => applyScheme(words.darkMode),
  }
  listen((words) => {
    if (Object.hasOwn(commands, words.event)) commands[words.event]!(words)
  })
}

/** Do what waited for a conversation, once there is one. */
export function flush(messenger: Messenger): void {
  if (messenger.state.conversation) for (const work of forConversation.splice(0)) quietly(work())
}

const quietly = (work: Promise<unknown>): void => void work.catch(() => undefined)

const PERSON = ['name', 'email', 'avatar_url', 'phone_number', 'identifier_hash', 'custom_attributes']

async function setUser(messenger: Messenger, identifier: string, user: Attributes): Promise<void> {
  const body: Attributes = { identifier, additional_attributes: {} }
  for (const [name, value] of Object.entries(user)) {
    if (PERSON.includes(name)) body[name] = value
    else (body.additional_attributes as Attributes)[name] = value
  }
  try {
    const known = await call<{ widget_auth_token?: string }>('PATCH', 'contact/set_user', body)
    messenger.set({ isIdentified: true })
    if (typeof user.name === 'string') messenger.named(user.name)
    if (known.widget_auth_token) {
      // The session belonged to someone else: continue as the new visitor.
      tellPage('setAuthCookie', { data: { widgetAuthToken: known.widget_auth_token } })
      const address = new URL(location.href)
      address.searchParams.set('cw_conversation', known.widget_auth_token)
      location.replace(address)
    } else await messenger.load()
  } catch (error) {
    const status = error instanceof Refused ? error.status : 0
    tellPage('error', { errorType: 'SET_USER_ERROR', data: { status, error: sentenceOf(error) } })
  }
}
