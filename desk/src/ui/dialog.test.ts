import { afterEach, expect, it } from 'vitest'
import { createApp, h, nextTick, type App, type VNode } from 'vue'

import UiDialog from './UiDialog.vue'

let app: App | undefined

afterEach(() => {
  app?.unmount()
  document.body.innerHTML = ''
})

/** Which element of a dialog of these parts has the focus when it opens, by its id; the dialog itself by its role. */
async function firstFocus(body: () => VNode[], actions?: () => VNode[]): Promise<string | null> {
  app?.unmount()
  document.body.innerHTML = ''
  const props = { open: true, title: 'Title', closeLabel: 'Close' }
  app = createApp({ render: () => h(UiDialog, props, { default: body, ...(actions && { actions }) }) })
  app.mount(document.body.appendChild(document.createElement('div')))
  for (let turn = 0; turn < 5; turn += 1) await nextTick()
  await new Promise((done) => setTimeout(done))
  return document.activeElement?.id || (document.activeElement?.getAttribute('role') ?? null)
}

const one = (tag: string, id: string, more = {}): VNode => h(tag, { id, tabindex: 0, ...more })
const button = (id: string): VNode => h('button', { id, type: 'button' })

it('begins in the first field that can be used, wherever it stands (Z-21)', async () => {
  const off = one('input', 'off', { disabled: true })
  expect(
    await firstFocus(
      () => [button('help'), off, one('input', 'name')],
      () => [button('ok')],
    ),
  ).toBe('name')
  for (const tag of ['textarea', 'select']) expect(await firstFocus(() => [one(tag, tag)])).toBe(tag)
  expect(await firstFocus(() => [one('input', 'a'), one('input', 'b', { autofocus: true })])).toBe('b')
})

it('begins at its first button or link where nothing is typed, which is the one that changes nothing (Z-21)', async () => {
  expect(
    await firstFocus(
      () => [h('p', 'Sure?')],
      () => [button('cancel'), button('delete')],
    ),
  ).toBe('cancel')
  expect(
    await firstFocus(
      () => [h('p', 'Text')],
      () => [h('a', { id: 'get', href: '/file', tabindex: 0 })],
    ),
  ).toBe('get')
})

it('is itself what has the focus where there is only a text or a picture to see, never its ✕ (Z-21)', async () => {
  expect(await firstFocus(() => [h('p', 'Text')])).toBe('dialog')
})
