import { createPinia } from 'pinia'
import { afterEach, describe, expect, it } from 'vitest'
import { createApp, type App } from 'vue'

import type { Message } from '@/api/models'
import { i18n, setLocale } from '@/i18n'
import { aMessage } from '@/testing/samples'

import { deliveryOf, isQuiet, needsSomebody } from './delivery'
import MessageBubble from './MessageBubble.vue'
import { recipientsOf } from '../mail/recipients'

const ours = (fields: Partial<Message>): Message => aMessage({ message_type: 1, ...fields })
const underway = (delivery: object): Message =>
  ours({ status: 'progress', content_attributes: { delivery } as Message['content_attributes'] })
const refused = { email: { undelivered: [{ address: 'Eva@x.example', reason: '550 no' }] } }

describe('what is said of a message (Z-22, Z-02)', () => {
  it('says sent only of what was sent', () => {
    expect(deliveryOf(ours({ status: 'progress' }))?.state).toBe('queued')
    expect(deliveryOf(underway({ state: 'trying', reason: 'x' }))?.state).toBe('trying')
    expect(deliveryOf(underway({ state: 'unknown' }))?.state).toBe('unknown')
    expect(deliveryOf(underway({ state: 'unknown', settled: true }))?.state).toBe('left')
    expect(deliveryOf(ours({ status: 'progress', content_attributes: { waits_for: 'sending_limit' } }))?.state).toBe(
      'waiting',
    )
    for (const status of ['sent', 'delivered', 'read', 'failed'] as const)
      expect(deliveryOf(ours({ status }))?.state).toBe(status)
  })
  it('says nothing of what never leaves', () => {
    expect(deliveryOf(aMessage())).toBeUndefined()
    expect(deliveryOf(ours({ private: true }))).toBeUndefined()
    expect(deliveryOf(aMessage({ message_type: 2 }))).toBeUndefined()
    expect(deliveryOf(ours({ content_attributes: { deleted: true } }))).toBeUndefined()
  })
  it('shows in the list what may never arrive', () => {
    expect(needsSomebody(null)).toBe(false)
    expect(needsSomebody(ours({ status: 'progress' }))).toBe(false)
    expect(needsSomebody(ours({ status: 'failed' }))).toBe(true)
    expect(needsSomebody(underway({ state: 'unknown' }))).toBe(true)
    expect(needsSomebody(underway({ state: 'unknown', settled: true }))).toBe(false)
    expect(needsSomebody(ours({ content_attributes: refused as never }))).toBe(true)
  })
})

it('writes to the others when one did not get it', () => {
  const message = ours({
    content_attributes: { ...refused, cc_emails: ['eva@x.example', 'pau@x.example'] } as never,
  })
  const options = { customer: 'carla@x.example', own: new Set<string>(), all: true }
  expect(recipientsOf(message, options)).toEqual({ to: ['carla@x.example'], cc: ['pau@x.example'], bcc: [] })
  const alone = ours({
    content_attributes: {
      email: { undelivered: [{ address: 'carla@x.example', reason: '' }] },
      cc_emails: ['pau@x.example'],
    } as never,
  })
  expect(recipientsOf(alone, options)).toEqual({ to: ['pau@x.example'], cc: [], bcc: [] })
})

describe('what stands below the message', () => {
  let app: App | undefined
  afterEach(() => {
    app?.unmount()
    document.body.innerHTML = ''
  })
  function below(message: Message): { words: string; buttons: string[] } {
    app?.unmount()
    document.body.innerHTML = ''
    app = createApp(MessageBubble, { message, starts: true, ends: false, contactName: 'Carla' })
    app.use(createPinia()).use(i18n)
    app.mount(document.body.appendChild(document.createElement('div')))
    const words = (document.querySelector('.ft')?.textContent ?? '').replace(/\s+/g, ' ')
    return { words, buttons: [...document.querySelectorAll('.ft button')].map((one) => one.textContent.trim()) }
  }

  it('is a reason and a time while it is tried, a question when nobody knows, in both languages', async () => {
    const at = new Date()
    at.setHours(10, 42)
    const trying = underway({
      state: 'trying',
      reason: 'mail.x no responde en el puerto 587.',
      next_attempt_at: at.toISOString(),
    })
    await setLocale('es')
    expect(below(trying).words).toContain('Próximo intento: 10:42. mail.x no responde')
    expect(below(underway({ state: 'unknown' })).words).toContain('No sabemos si salió. ¿Enviarlo otra vez?')
    await setLocale('en')
    expect(below(trying).words).toContain('Next try: 10:42')
    expect(below(underway({ state: 'unknown' })).words).toContain("We don't know whether it was sent. Send it again?")
    expect(below(underway({ state: 'unknown', settled: true })).words).toContain("We don't know whether it was sent")
  })
  it('is silent about what goes well', () => {
    expect(document.querySelector('.ft')).toBeNull()
    for (const status of ['progress', 'sent', 'delivered'] as const)
      expect(isQuiet(deliveryOf(ours({ status }))!)).toBe(true)
  })
  it('names the reason of a failure', () => {
    const failed = ours({ status: 'failed', content_attributes: { external_error: '554 Not here' } })
    expect(below(failed).words).toContain('554 Not here')
  })
})
