// @vitest-environment jsdom
import { afterEach, describe, expect, it } from 'vitest'

import { aConversation, aMessage } from '@/testing/samples'

import { shownPictures } from '../mail/mail'
import { harmless, hasSheet, headLines, laySheet, sheetOf, takeSheet, type About } from './print'

const words = {
  from: 'De',
  to: 'Para',
  cc: 'Cc',
  date: 'Fecha',
  subject: 'Asunto',
  attached: 'Adjuntos',
  picture: 'imagen bloqueada',
  parts: { history: 'Texto citado', signature: 'Firma', footer: 'Línea del programa' },
  cut: 'Cortado: el resto está en el original.',
}
const about: About = {
  isMail: true,
  conversation: aConversation({
    additional_attributes: { mail_subject: 'Pedido 1' },
    meta: { channel: 'Channel::Email', sender: { id: 1, name: 'Carla', email: 'carla@x.cl' } },
  }),
  inboxAddress: 'soporte@acme.cl',
  inboxName: 'Soporte',
  locale: 'es',
  words,
}
const html =
  '<p style="color:red;background:url(https://t.example/a.png)" onclick="x()">Hola</p>' +
  '<table background="https://t.example/b.png"><tr><td>1</td></tr></table>' +
  '<img src="https://t.example/c.png" alt="Oferta">' +
  '<style>p{background:url(https://t.example/d.png)}</style><script>x()</script>'
const mail = aMessage({
  id: 5,
  content_type: 'incoming_email',
  sender: { id: 1, name: 'Carla', email: 'carla@x.cl', type: 'contact' } as never,
  content_attributes: {
    email: {
      from: ['carla@x.cl'],
      to: ['soporte@acme.cl'],
      cc: ['jefa@x.cl'],
      date: '2025-11-03T10:12:00+01:00',
      subject: 'Pedido 1',
      html_content: { full: html },
    },
  },
})
const shadow = (sheet: HTMLElement) => sheet.querySelector('.said')?.shadowRoot

afterEach(() => {
  takeSheet()
  shownPictures.clear()
})

describe('Z-25 a mail on paper', () => {
  it('has its header lines', () => {
    const shown = Object.fromEntries(headLines(mail, about))
    expect(shown).toMatchObject({
      De: 'Carla <carla@x.cl>',
      Para: 'soporte@acme.cl',
      Cc: 'jefa@x.cl',
      Asunto: 'Pedido 1',
    })
    expect(shown.Fecha).toContain('2025')
    const ours = aMessage({
      message_type: 1,
      sender: { id: 2, name: 'Ana', type: 'user' } as never,
      content_attributes: { to_emails: ['x@y.cl'] },
    })
    expect(Object.fromEntries(headLines(ours, about))).toMatchObject({ De: 'Ana <soporte@acme.cl>', Para: 'x@y.cl' })
  })

  it('fetches nothing from elsewhere until it was asked to', () => {
    const blocked = sheetOf([mail], about, { whole: true })
    expect(shadow(blocked)?.innerHTML).toContain('Hola')
    expect(shadow(blocked)?.innerHTML).not.toMatch(/https:|onclick|script/)
    expect(shadow(blocked)?.textContent).toContain('[Oferta]')
    shownPictures.add(5)
    expect(shadow(sheetOf([mail], about, { whole: true }))?.innerHTML).toContain('https://t.example/c.png')
  })

  it('keeps pictures that came inside it', () => {
    const attachments = [
      { id: 1, message_id: 5, account_id: 1, file_type: 'image', content_id: 'a@x', data_url: '/a.png' },
    ] as never
    const host = document.createElement('div')
    host.append(
      harmless('<img src="cid:a@x"><img src="cid:gone@x" alt="logo">', attachments, { pictures: false, blocked: 'no' }),
    )
    expect(host.querySelectorAll('img')).toHaveLength(1)
    expect(host.textContent).toBe('[logo]')
  })

  it('has open under its name what is folded, and says what is cut', () => {
    const email = { signature: '-- \nCarla', history: '> ¿Llegó?\n> Lua', footer: '', cut: ['history'] }
    const quoting = aMessage({ content: 'Llegó.', content_type: 'incoming_email', content_attributes: { email } })
    const sheet = sheetOf([quoting], about, { whole: false })
    const parts = [...sheet.querySelectorAll('.unfolded')].map((one) => one.textContent)
    expect(parts).toEqual(['Firma-- \nCarla', 'Texto citado> ¿Llegó?\n> Lua'])
    expect(sheet.textContent).toContain(words.cut)
    const wholeSheet = sheetOf([mail], about, { whole: true })
    expect(wholeSheet.querySelector('.unfolded')).toBeNull()
    expect(wholeSheet.textContent).not.toContain(words.cut)
  })

  it('leaves out notes and activity', () => {
    const sheet = sheetOf(
      [
        mail,
        aMessage({ id: 6, private: true, content: 'secreto', message_type: 1 }),
        aMessage({ id: 7, message_type: 2, content: 'asignada' }),
      ],
      about,
      { whole: false },
    )
    expect(sheet.querySelectorAll('article')).toHaveLength(1)
    expect(sheet.textContent).not.toContain('secreto')
  })

  it('is one sheet, and gone afterwards', () => {
    laySheet(sheetOf([mail], about, { whole: false }))
    laySheet(sheetOf([mail], about, { whole: false }))
    expect(document.querySelectorAll('.print-sheet')).toHaveLength(1)
    takeSheet()
    expect(hasSheet()).toBe(false)
  })
})
