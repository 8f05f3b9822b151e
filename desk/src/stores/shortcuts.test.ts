import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { effectScope, nextTick, ref, type EffectScope } from 'vue'

import { useLayer, useShortcuts, type Keymap } from './shortcuts'

let scopes: EffectScope[] = []
const within = <T>(run: () => T): T => {
  const scope = effectScope()
  scopes.push(scope)
  return scope.run(run) as T
}
const heard: string[] = []
const map = (name: string, ...keys: string[]): Keymap =>
  Object.fromEntries(keys.map((key) => [key, () => void heard.push(`${name} ${key}`)]))
function press(key: string, options: KeyboardEventInit = {}, target: HTMLElement = document.body): void {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options }))
}

beforeEach(() => {
  setActivePinia(createPinia())
  heard.length = 0
})
afterEach(() => {
  for (const scope of scopes) scope.stop()
  scopes = []
  document.body.innerHTML = ''
})

describe('single keys (Z-21)', () => {
  it('go to the newest that knows them, and back to the older once it is gone', () => {
    within(() => useShortcuts(map('list', 'j', 'x')))
    const thread = effectScope()
    thread.run(() => useShortcuts(map('thread', 'e', 'j')))
    press('j')
    press('x')
    thread.stop()
    press('j')
    press('e')
    expect(heard).toEqual(['thread j', 'list x', 'list j'])
  })

  it('of chosen rows come before those of the open conversation, whichever was there first', () => {
    const rows = effectScope()
    rows.run(() => useShortcuts(map('rows', 'e', 's'), { over: true }))
    within(() => useShortcuts(map('thread', 'e', 's', 'u')))
    press('e')
    press('u')
    rows.stop()
    press('e')
    expect(heard).toEqual(['rows e', 'thread u', 'thread e'])
  })

  it('are no keys while somebody types, with Ctrl, Alt or ⌘, or under a dialog or menu', () => {
    within(() => useShortcuts(map('thread', 'e')))
    document.body.innerHTML = '<input /><textarea></textarea><select></select>'
    for (const field of document.querySelectorAll<HTMLElement>('input, textarea, select')) press('e', {}, field)
    for (const held of ['ctrlKey', 'altKey', 'metaKey']) press('e', { [held]: true })
    for (const role of ['dialog', 'menu']) {
      document.body.innerHTML = `<div role="${role}"></div>`
      press('e')
    }
    document.body.innerHTML = ''
    expect(heard).toEqual([])
    press('E')
    expect(heard).toEqual(['thread e'])
  })

  it('make chords of two, and half a chord is never a key of its own', () => {
    within(() => useShortcuts(map('shell', 'g c', 'g p')))
    within(() => useShortcuts(map('list', 'c', 'j')))
    press('g')
    press('c')
    press('c')
    press('g')
    press('j')
    press('j')
    expect(heard).toEqual(['shell g c', 'list c', 'list j'])
  })

  it('tell Shift+X from X', () => {
    within(() => useShortcuts(map('list', 'x', 'Shift+x')))
    press('x')
    press('X', { shiftKey: true })
    expect(heard).toEqual(['list x', 'list Shift+x'])
  })
})

describe('Esc (Z-21)', () => {
  it('closes what was opened last, one layer a time', async () => {
    const [thread, panel, rows] = [ref(true), ref(false), ref(false)]
    for (const [name, open] of Object.entries({ thread, panel, rows }))
      within(() =>
        useLayer(
          () => open.value,
          () => {
            heard.push(name)
            open.value = false
          },
        ),
      )
    within(() => useShortcuts(map('any', 'j')))
    rows.value = true
    await nextTick()
    panel.value = true
    await nextTick()
    for (let count = 0; count < 4; count += 1) {
      press('Escape')
      await nextTick()
    }
    expect(heard).toEqual(['panel', 'rows', 'thread'])
  })
})
