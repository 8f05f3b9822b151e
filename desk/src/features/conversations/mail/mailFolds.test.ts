// @vitest-environment jsdom
import { createPinia } from 'pinia'
import { afterEach, describe, expect, it } from 'vitest'
import { createApp, nextTick, type App } from 'vue'

import { i18n, setLocale } from '@/i18n'
import { aMessage } from '@/testing/samples'

import { foldedParts, mailOf, type MailParts } from './mail'
import MailBody from './MailBody.vue'

let app: App | undefined
const asked: string[] = []
afterEach(() => {
  app?.unmount()
  document.body.innerHTML = ''
  asked.length = 0
})

async function shown(email: Record<string, unknown>): Promise<HTMLElement> {
  await setLocale('en')
  const message = aMessage({ content_type: 'incoming_email', content_attributes: { email: email as never } })
  app = createApp(MailBody, { message, onSource: () => asked.push('source') })
  app.use(createPinia()).use(i18n)
  app.mount(document.body.appendChild(document.createElement('div')))
  return document.body
}
const toggles = (page: HTMLElement) => [...page.querySelectorAll<HTMLButtonElement>('button[aria-expanded]')]

describe('Z-25 what is folded in a mail', () => {
  it('opens and closes part by part, each under its name', async () => {
    const page = await shown({ history: '> Did it come?', signature: '-- \nNora', footer: 'Sent from my iPhone' })
    expect(toggles(page).map((one) => one.textContent?.trim())).toEqual([
      'Signature',
      'Line added by the mail program',
      'Quoted text',
    ])
    expect(page.textContent).not.toContain('Did it come?')
    const quoted = toggles(page)[2] as HTMLButtonElement
    quoted.click()
    await nextTick()
    expect(quoted.getAttribute('aria-expanded')).toBe('true')
    const region = page.querySelector(`#${quoted.getAttribute('aria-controls')}`)
    expect(region?.textContent).toContain('> Did it come?')
    expect(page.textContent).not.toContain('Sent from')
    quoted.click()
    await nextTick()
    expect(page.textContent).not.toContain('Did it come?')
  })

  it('has nothing to press where nothing is folded', async () => {
    expect(toggles(await shown({ history: ' \n', signature: '', footer: 3 }))).toEqual([])
  })

  it('says of the part that is cut, and of no other, where the rest is', async () => {
    const page = await shown({ history: '> a', signature: 'b', cut: ['history'] })
    for (const one of toggles(page)) one.click()
    await nextTick()
    const lines = [...page.querySelectorAll('[data-testid=cut]')]
    expect(lines.map((one) => one.closest('[data-testid^=folded]')?.getAttribute('data-testid'))).toEqual([
      'folded-history',
    ])
    const link = lines[0]?.querySelector('a') as HTMLAnchorElement
    expect(link.getAttribute('href')).toMatch(/\/messages\/\d+\/source$/)
    link.click()
    expect(asked).toEqual(['source'])
  })

  it('says so of the words themselves, and of mails that were stored before', async () => {
    expect((await shown({ cut: ['reply'] })).querySelectorAll('[data-testid=cut]')).toHaveLength(1)
    const cut = (email: object) => mailOf(aMessage({ content_attributes: { email: { ...email } as never } }))?.cut
    expect(cut({ truncated: true })).toEqual(['reply'])
    expect(cut({ truncated: true, cut: [] })).toEqual([])
    expect(cut({ truncated: false })).toEqual([])
    expect(foldedParts({ history: 'x', signature: '', footer: '', cut: [] } as unknown as MailParts)).toEqual([
      { name: 'history', text: 'x', cut: false },
    ])
  })
})
