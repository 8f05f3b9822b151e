import { describe, expect, it } from 'vitest'

import { signatureKey, signsOn, withoutSignature, withSignature } from './signing'

const SIGNATURE = '**Ana Agente**\nSoporte · Acme'

describe('R-14 who signs', () => {
  it('uses the key of the contract', () => {
    expect(signatureKey('Channel::Email')).toBe('channel_email_signature_enabled')
    expect(signatureKey('Channel::WebWidget')).toBe('channel_webwidget_signature_enabled')
  })
  it('e-mail by default, others when asked, and each channel as it was chosen', () => {
    expect(signsOn('Channel::Email', {}, true)).toBe(true)
    expect(signsOn('Channel::Email', { channel_email_signature_enabled: false }, true)).toBe(false)
    expect(signsOn('Channel::WebWidget', {}, false)).toBe(false)
    expect(signsOn('Channel::WebWidget', { send_with_signature: true }, false)).toBe(true)
    expect(
      signsOn('Channel::WebWidget', { send_with_signature: true, channel_webwidget_signature_enabled: false }, false),
    ).toBe(false)
  })
})

describe('R-15 once', () => {
  it('is put after the text, and alone when only files go', () => {
    expect(withSignature('Hola\n', SIGNATURE)).toBe(`Hola\n\n${SIGNATURE}`)
    expect(withSignature('', SIGNATURE)).toBe(SIGNATURE)
    expect(withSignature('Hola', '  ')).toBe('Hola')
  })
  it('is not put twice, however the lines end or wherever it stands', () => {
    const signed = withSignature('Hola', SIGNATURE)
    expect(withSignature(signed, SIGNATURE)).toBe(signed)
    expect(withSignature(signed.replace(/\n/g, '\r\n'), `${SIGNATURE}  \n`)).toBe(signed)
    const inside = `Hola\n\n${SIGNATURE}\n\nPD: mañana`
    expect(withSignature(inside, SIGNATURE)).toBe(inside)
  })
  it('a name in the text is no signature', () =>
    expect(withSignature('Le atiende Ana hoy', 'Ana')).toBe('Le atiende Ana hoy\n\nAna'))
  it('comes off again for the editor, and only at the end', () => {
    expect(withoutSignature(withSignature('Hola', SIGNATURE), SIGNATURE)).toBe('Hola')
    expect(withoutSignature(SIGNATURE, SIGNATURE)).toBe('')
    expect(withoutSignature(`Hola\n\n${SIGNATURE}\n\nPD`, SIGNATURE)).toBe(`Hola\n\n${SIGNATURE}\n\nPD`)
    expect(withoutSignature('Hola', '')).toBe('Hola')
  })
})
