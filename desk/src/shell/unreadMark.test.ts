import { afterEach, describe, expect, it, vi } from 'vitest'

import { setTitle, setUnread } from './unreadMark'

describe('V-RTM-04 what waits is seen without the desk in front', () => {
  afterEach(() => {
    setUnread(0)
    vi.unstubAllGlobals()
  })
  it('stands in the title, whichever page is open', () => {
    setTitle('Contactos · Ventanilla')
    setUnread(3)
    expect(document.title).toBe('(3) Contactos · Ventanilla')
    setTitle('Ajustes · Ventanilla')
    expect(document.title).toBe('(3) Ajustes · Ventanilla')
    setUnread(250)
    expect(document.title).toBe('(99+) Ajustes · Ventanilla')
    setUnread(0)
    expect(document.title).toBe('Ajustes · Ventanilla')
  })
  it('marks the tab, and the icon of the installed app', () => {
    document.head.innerHTML = '<link rel="icon" href="data:plain" data-unread="data:dotted">'
    const badge = { setAppBadge: vi.fn(() => Promise.resolve()), clearAppBadge: vi.fn(() => Promise.resolve()) }
    vi.stubGlobal('navigator', badge)
    setUnread(2)
    const mark = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
    expect(mark?.href).toBe('data:dotted')
    expect(badge.setAppBadge).toHaveBeenLastCalledWith(2)
    setUnread(0)
    expect(mark?.href).toBe('data:plain')
    expect(badge.clearAppBadge).toHaveBeenCalledOnce()
  })
})
