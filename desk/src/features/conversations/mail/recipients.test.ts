// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'

import type { Attributes } from '@/api/models'
import { aMessage } from '@/testing/samples'

import { answeredByDefault, isOwn, readAddresses, recipientsOf, unique } from './recipients'

const own = new Set(['soporte@acme.cl', 'ventas@acme.cl'])
const carla = 'carla@cliente.cl'
const aMail = (email: Attributes, fields: object = {}) =>
  aMessage({
    content_type: 'incoming_email',
    content_attributes: { email: { from: [carla], to: ['soporte@acme.cl'], cc: [], reply_to: [], ...email } },
    sender: { id: 1, name: 'Carla', email: carla, type: 'contact' },
    ...fields,
  } as never)
const to = (message: ReturnType<typeof aMail> | undefined, all = true) =>
  recipientsOf(message, { customer: carla, own, all })

describe('Z-25 addresses as people write them', () => {
  it('are read with and without names, however they are separated', () => {
    expect(readAddresses('Ana Álvarez <ana@x.cl>, b@y.cl;c@z.cl\n"Pérez, Luis" <luis@x.cl> d@x.cl')).toEqual([
      'ana@x.cl',
      'b@y.cl',
      'c@z.cl',
      'luis@x.cl',
    ])
    expect(readAddresses('a@b.cl c@d.cl')).toEqual(['a@b.cl', 'c@d.cl'])
    expect(readAddresses('mailto:a@b.cl')).toEqual(['a@b.cl'])
  })

  it('stay as they are when they are none, to be put right', () => {
    expect(readAddresses('nadie, a@b.cl')).toEqual(['nadie', 'a@b.cl'])
  })

  it('are kept once, whatever their letters', () => {
    expect(unique(['A@b.cl', 'a@B.cl', 'c@d.cl'], ['C@d.cl'])).toEqual(['A@b.cl'])
  })

  it('know their own, with a plus part and of a conversation', () => {
    expect(isOwn('Soporte+web@acme.cl', own)).toBe(true)
    expect(isOwn('reply+0f8fad5b-d9cb-469f-a165-70867728950e@in.acme.cl', own)).toBe(true)
    expect(isOwn(carla, own)).toBe(false)
  })
})

describe('Z-25 whom an answer goes to', () => {
  it('is the customer, when nothing was written yet', () => {
    expect(to(undefined)).toEqual({ to: [carla], cc: [], bcc: [] })
  })

  it('is the writer alone, or everybody but us, once', () => {
    const mail = aMail({
      to: ['soporte@acme.cl', 'jefa@cliente.cl', 'Ventas+a@acme.cl'],
      cc: ['JEFA@cliente.cl', 'otro@x.cl', carla],
    })
    expect(to(mail, false)).toEqual({ to: [carla], cc: [], bcc: [] })
    expect(to(mail)).toEqual({ to: [carla], cc: ['jefa@cliente.cl', 'otro@x.cl'], bcc: [] })
  })

  it('is where the writer asks for it', () => {
    expect(to(aMail({ reply_to: ['pedidos@cliente.cl', 'otra@cliente.cl'] })).to).toEqual([
      'pedidos@cliente.cl',
      'otra@cliente.cl',
    ])
    expect(to(aMail({ reply_to: ['soporte@acme.cl'] })).to).toEqual([carla])
  })

  it('is the stranger who wrote, for their message', () => {
    const mail = aMail(
      { from: ['taller@x.cl'], to: ['soporte@acme.cl', carla] },
      { sender: { id: 2, name: 'Taller', email: 'taller@x.cl', type: 'contact' } },
    )
    expect(to(mail)).toEqual({ to: ['taller@x.cl'], cc: [carla], bcc: [] })
  })

  it('is whom our own mail went to, never the blind copies', () => {
    const ours = aMessage({
      message_type: 1,
      content_attributes: { to_emails: ['x@y.cl'], cc_emails: ['z@y.cl'], bcc_emails: ['w@y.cl'] },
    })
    expect(to(ours)).toEqual({ to: ['x@y.cl'], cc: ['z@y.cl'], bcc: [] })
    expect(to(aMessage({ message_type: 1 })).to).toEqual([carla])
  })

  it('is about the customer\u2019s newest mail, not notes, forwards or strangers', () => {
    const first = aMail({}, { id: 1 })
    const rest = [
      aMessage({ id: 2, message_type: 1, private: true }),
      aMessage({ id: 3, message_type: 1, content_attributes: { forwarded_message_id: 1 } }),
      aMail({}, { id: 4, content_attributes: { stranger: true, email: { from: ['x@y.cl'] } } }),
    ]
    expect(answeredByDefault([first, ...rest])?.id).toBe(1)
    expect(answeredByDefault([aMessage({ id: 9, message_type: 1 })])?.id).toBe(9)
    expect(answeredByDefault([])).toBeUndefined()
  })
})
