// @vitest-environment jsdom
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { effectScope, nextTick, reactive } from 'vue'

import type { Attributes, Conversation, Message } from '@/api/models'
import { aConversation, aMessage } from '@/testing/samples'

import { useMailHead } from './mailHead'

const carla = 'carla@x.cl'
const aTalk = (id: number, subject = 'Pedido') =>
  aConversation({
    id,
    additional_attributes: { mail_subject: subject },
    meta: { channel: 'Channel::Email', sender: { id: 1, name: 'Carla', email: carla } },
  })
const aMail = (id: number, email: Attributes = {}) =>
  aMessage({
    id,
    content_type: 'incoming_email',
    sender: { id: 1, name: 'Carla', email: carla, type: 'contact' } as never,
    content_attributes: { email: { from: [carla], to: ['jefa@x.cl'], cc: [], ...email } },
  })

function compose(first: Conversation, messages: Message[]) {
  const state = reactive({ conversation: first, messages, answering: undefined as Message | undefined, all: false })
  const scope = effectScope()
  const head = scope.run(() =>
    useMailHead({
      conversation: () => state.conversation,
      messages: () => state.messages,
      answering: () => state.answering,
      all: () => state.all,
      isMail: () => true,
    }),
  )
  if (!head) throw new Error('no head')
  return { ...head, state, stop: () => scope.stop() }
}

beforeEach(() => {
  setActivePinia(createPinia())
  sessionStorage.clear()
})

describe('Z-25 the head of the next mail', () => {
  it('is an answer to the customer, and carries a subject only when somebody changed it', () => {
    const mail = compose(aTalk(1), [aMail(1)])
    expect(mail.head).toMatchObject({ to: [carla], cc: [], subject: 'Re: Pedido' })
    expect(mail.attributes()).toEqual({ to_emails: [carla] })
    mail.change({ subject: 'Otra cosa' })
    expect(mail.attributes().subject).toBe('Otra cosa')
    mail.change({ subject: 'Re: Pedido' })
    expect(mail.attributes().subject).toBeUndefined()
  })

  it('is called as it was begun in the first mail', () => {
    expect(compose(aTalk(1), []).head.subject).toBe('Pedido')
    expect(compose(aTalk(1, ''), []).attributes().subject).toBeUndefined()
  })

  it('takes everybody in and out, and leaves who was added by hand', () => {
    const mail = compose(aTalk(1), [aMail(1)])
    mail.change({ cc: ['mia@y.cl'] })
    mail.toggleAll()
    expect(mail.head.cc).toEqual(['mia@y.cl', 'jefa@x.cl'])
    mail.toggleAll()
    expect(mail.head.cc).toEqual(['mia@y.cl'])
  })

  it('keeps what was typed while the conversation moves, and follows it where nothing was', async () => {
    const mail = compose(aTalk(1), [aMail(1)])
    mail.change({ cc: ['mia@y.cl'] })
    mail.state.conversation = { ...aTalk(1, 'Otro nombre'), version: 2 }
    mail.state.messages = [aMail(1), aMail(2, { to: ['nueva@x.cl'] })]
    await nextTick()
    expect(mail.head).toMatchObject({ cc: ['mia@y.cl'], subject: 'Re: Otro nombre' })
    expect(mail.everybody.value.cc).toEqual(['nueva@x.cl'])
  })

  it('waits for its conversation, over a reload too, and begins anew after sending', async () => {
    const mail = compose(aTalk(1), [aMail(1)])
    mail.change({ cc: ['mia@y.cl'], subject: 'Nuevo' })
    mail.state.conversation = aTalk(2)
    await nextTick()
    expect(mail.head.cc).toEqual([])
    mail.stop()
    const again = compose(aTalk(1), [aMail(1)])
    expect(again.head).toMatchObject({ to: [carla], cc: ['mia@y.cl'], subject: 'Nuevo' })
    again.forget()
    expect(again.head).toMatchObject({ to: [carla], cc: [], subject: 'Re: Pedido' })
    expect(compose(aTalk(1), [aMail(1)]).head.cc).toEqual([])
  })

  it('answers the message that was chosen, alone or to all', async () => {
    const mail = compose(aTalk(1), [aMail(1), aMail(2, { to: ['otra@x.cl'] })])
    mail.state.answering = aMail(1)
    mail.state.all = true
    await nextTick()
    expect(mail.head).toMatchObject({ all: true, to: [carla], cc: ['jefa@x.cl'] })
    mail.state.answering = undefined
    mail.state.all = false
    await nextTick()
    expect(mail.head.cc).toEqual([])
  })

  it('says what keeps it from leaving', () => {
    const mail = compose(aTalk(1), [aMail(1)])
    expect(mail.problem.value).toBeUndefined()
    mail.change({ cc: ['nadie'] })
    expect(mail.problem.value).toEqual({ key: 'mail.wrong_address', address: 'nadie' })
    mail.change({ cc: [], to: [] })
    expect(mail.problem.value?.key).toBe('mail.no_recipient')
  })
})
