import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createApp, h, type App } from 'vue'

import type { User } from '@/api/models'
import { i18n, setLocale } from '@/i18n'
import { useCollections } from '@/stores/collections'
import { aConversation } from '@/testing/samples'
import { useSession } from '@/stores/session'

import AttributeList from './AttributeList.vue'
import PanelActions from './PanelActions.vue'

let app: App | undefined
const KINDS = ['text', 'list', 'checkbox', 'link', 'date']

beforeEach(() => setLocale('es'))
afterEach(() => {
  app?.unmount()
  document.body.innerHTML = ''
})

const MAY = { agent: ['conversations.write'], analyst: [] }

/** Every control of the panel that changes the conversation, as this role has it. */
function controls(role: 'agent' | 'analyst'): HTMLElement[] {
  const pinia = createPinia()
  setActivePinia(pinia)
  const session = useSession()
  session.user = { id: 2, accounts: [{ id: 1, role, capabilities: MAY[role] }], ui_settings: {} } as unknown as User
  session.accountId = 1
  useCollections().definitions = KINDS.map((kind, id) => ({
    id,
    attribute_key: kind,
    attribute_display_name: kind,
    attribute_display_type: kind,
    attribute_model: 'conversation_attribute',
    attribute_values: ['a'],
  })) as never
  const values = { link: 'https://acme.example', text: 'x' }
  const conversation = aConversation({ custom_attributes: values })
  app = createApp(() => [
    h(PanelActions, { conversation }),
    h(AttributeList, { model: 'conversation_attribute' as const, values }),
  ])
  app.use(pinia).use(i18n)
  app.mount(document.body.appendChild(document.createElement('div')))
  return [...document.querySelectorAll<HTMLElement>('button, input, select, textarea')]
}
const isHeld = (one: HTMLElement): boolean => one.closest('fieldset')?.disabled === true

describe('D-ROL-02 the panel', () => {
  it('holds still under the mouse of whoever may only read', () => {
    const all = controls('analyst')
    expect(all.length).toBeGreaterThanOrEqual(4 + KINDS.length)
    expect(all.filter((one) => !isHeld(one)).map((one) => one.outerHTML)).toEqual([])
    expect(document.querySelector<HTMLAnchorElement>('a[href="https://acme.example"]')).not.toBeNull()
    expect(document.querySelector('[data-testid=labels]')?.textContent).toContain('Sin etiquetas')
  })

  it('is all there for an agent', () => {
    expect(controls('agent').filter(isHeld)).toEqual([])
  })
})
