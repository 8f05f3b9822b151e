import { expect, test } from 'vitest'

import { guardCompositions } from './composition'

function heard(field: HTMLElement, init: KeyboardEventInit): string[] {
  const keys: string[] = []
  const hear = (event: Event): unknown => keys.push((event as KeyboardEvent).key)
  for (const place of [field, document, window]) place.addEventListener('keydown', hear)
  field.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }))
  for (const place of [field, document, window]) place.removeEventListener('keydown', hear)
  return keys
}

test('no field, panel or window of ours hears the keys of a composition', () => {
  guardCompositions()
  const field = document.body.appendChild(document.createElement('textarea'))
  for (const key of ['Enter', 'Escape', 'ArrowDown', ',']) {
    // Safari: the composition is over for it, and the code says otherwise.
    expect(heard(field, { key, keyCode: 229, isComposing: false })).toEqual([])
    expect(heard(field, { key, isComposing: true })).toEqual([])
    expect(heard(field, { key, keyCode: 13 })).toEqual([key, key, key])
  }
})
