// What a mail holds beside its words, as the desk reads it (Z-25).
import { describe, expect, it } from 'vitest'

import type { Message } from '@/api/models'

import { appointmentTime, hasRemotePictures, mailOf, withPictures, type CalendarCard, type InlinePicture } from './mail'

const picture = (more: Partial<InlinePicture> = {}): InlinePicture => ({
  id: 7,
  filename: 'plano.png',
  data_url: 'https://desk.example/rails/blobs/abc/plano.png',
  thumb_url: '',
  ...more,
})
const message = (email: unknown, more: Record<string, unknown> = {}): Message =>
  ({ message_type: 0, content_attributes: { email, ...more } }) as unknown as Message
const card = (starts_at: string, ends_at = ''): CalendarCard => ({ starts_at, ends_at }) as CalendarCard

describe('Z-25 a mail on the desk', () => {
  it('shows its own pictures by their path, which are not remote', () => {
    const read = mailOf(
      message({ html_content: { full: `<img src="${picture().data_url}">` }, inline_images: [picture()] }),
    )
    expect(read?.html).toBe('<img src="/rails/blobs/abc/plano.png">')
    expect(hasRemotePictures(read?.html ?? '')).toBe(false)
  })

  it('puts each picture once where the text names it', () => {
    const html = withPictures('<p>Mira: [image: plano.png] y [image: plano.png] y [image: otra.png]</p>', [picture()])
    expect(html.match(/<img /g)).toHaveLength(1)
    expect(html).toContain('src="/rails/blobs/abc/plano.png"')
    expect(html).toContain('[image: otra.png]')
  })

  it('lets no name of a picture become markup', () => {
    const html = withPictures('<p>[image: a&quot;&lt;b&gt;.png]</p>', [picture({ filename: 'a"<b>.png' })])
    const shown = document.createElement('div')
    shown.innerHTML = html
    expect(shown.querySelector('img')?.alt).toBe('a"<b>.png')
    expect(shown.querySelector('b')).toBeNull()
  })

  it('knows what wrote it, what failed and what is missing, whatever shape it has', () => {
    const read = mailOf(
      message(
        {
          authentication: { by: 'mx', failed: ['spf', 'dmarc'] },
          via: 'vecinos@lista.example',
          left_out: [{ filename: 'a.pdf', size: 3, reason: 'too_large' }],
        },
        { automatic: true, automatic_kind: 'list', calendar: [{ summary: 'Visita' }, 'x', null] },
      ),
    )
    expect(read).toMatchObject({ automatic: 'list', failed: ['spf', 'dmarc'], via: 'vecinos@lista.example' })
    expect(read?.leftOut).toHaveLength(1)
    expect(read?.calendar).toHaveLength(1)
    expect(mailOf(message({ authentication: [], left_out: 3, inline_images: 'x', via: ['x'] }))).toMatchObject({
      via: '',
      failed: [],
      leftOut: [],
      calendar: [],
      inline: [],
      automatic: '',
    })
  })

  it('says when an appointment is', () => {
    expect(appointmentTime(card('2026-12-03'), 'en')).toBe('Thursday, December 3, 2026')
    expect(appointmentTime(card('2026-12-03', '2026-12-04'), 'en')).toBe('Thursday, December 3, 2026')
    expect(appointmentTime(card('2026-12-03', '2026-12-06'), 'en')).toContain('Saturday, December 5')
    const zoned = appointmentTime(card('2026-12-03T10:00:00+00:00', '2026-12-03T11:00:00+00:00'), 'en')
    const hour = new Date('2026-12-03T10:00:00Z').toLocaleTimeString('en', {
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    expect(zoned).toContain(hour)
    expect(appointmentTime(card('mañana'), 'es')).toBe('mañana')
    expect(appointmentTime(card(''), 'es')).toBe('')
  })
})
