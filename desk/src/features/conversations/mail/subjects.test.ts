import { describe, expect, it } from 'vitest'

import { forwardSubject, replySubject, withoutReplyPrefix } from './subjects'

describe('Z-25 what a mail is called', () => {
  it('says once that it is an answer or passed on', () => {
    expect(replySubject('RE: Re: Pedido  1', false)).toBe('Re: Pedido 1')
    expect(replySubject('Tu visita', true)).toBe('Tu visita')
    expect(replySubject('', false)).toBe('')
    expect(forwardSubject('Re: Fwd: [#3] Pedido')).toBe('Fwd: Pedido')
  })
  it.each(['RES:', 'Rta:', 'Re(2):', 'Re[3]:', '[EXTERNAL] RE:', 'VS:', 'Antw:', '回复：', 'رد:', 'Xy[2]:', 'AW: SV:'])(
    'knows %s for an answer',
    (prefix) => {
      expect(replySubject(`${prefix} Pan`, false)).toBe('Re: Pan')
    },
  )
  it.each(['Pedido: pan', 'Mesa (4): reserva', '[Urgente] Pan', 'Real: madera', 'RV: Pan'])(
    'leaves %s as it is',
    (subject) => {
      expect(withoutReplyPrefix(subject)).toBe(subject)
    },
  )
  it('keeps the tag of a list', () => {
    expect(replySubject('[pan] Re: [pan] Re: Masa', false)).toBe('Re: [pan] Masa')
  })
})
