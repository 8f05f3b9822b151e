import { createPinia } from 'pinia'
import { afterEach, expect, it } from 'vitest'
import { createApp, type App } from 'vue'

import type { Message } from '@/api/models'
import { i18n, setLocale } from '@/i18n'
import { aMessage } from '@/testing/samples'

import MessageBubble from './MessageBubble.vue'

let app: App | undefined

afterEach(() => {
  app?.unmount()
  document.body.innerHTML = ''
})

function menuOf(message: Message): string | null | undefined {
  app?.unmount()
  app = createApp(MessageBubble, { message, starts: true, ends: true, contactName: 'Carla' })
  app.use(createPinia()).use(i18n)
  app.mount(document.body.appendChild(document.createElement('div')))
  return document.querySelector('[aria-haspopup=menu]')?.getAttribute('aria-label')
}

it('names the menu of a message after who wrote it, and that of an automatic one as a sentence', async () => {
  const theirs = aMessage()
  const ours = aMessage({ message_type: 1, sender: { id: 2, name: 'Bruno', type: 'user' } as never })
  const automatic = aMessage({ message_type: 3 })
  await setLocale('es')
  expect([theirs, ours, automatic].map(menuOf)).toEqual([
    'Opciones del mensaje de Carla',
    'Opciones del mensaje de Bruno',
    'Opciones de este mensaje automático',
  ])
  await setLocale('en')
  expect([theirs, ours, automatic].map(menuOf)).toEqual([
    "Options for Carla's message",
    "Options for Bruno's message",
    'Options for this automatic message',
  ])
})
