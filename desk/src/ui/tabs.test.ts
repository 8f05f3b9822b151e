import { afterEach, expect, it, vi } from 'vitest'
import { createApp, defineComponent, h, nextTick, ref, type App } from 'vue'

import UiTabs from './UiTabs.vue'

const TABS = ['mine', 'unassigned', 'all'].map((key) => ({ key, label: key }))
let app: App | undefined

afterEach(() => {
  app?.unmount()
  document.body.innerHTML = ''
})

function show() {
  const chosen = ref('mine')
  const onPick = vi.fn()
  const Page = defineComponent(
    () => () =>
      h(UiTabs, {
        tabs: TABS,
        label: 'Whose',
        controls: 'rows',
        modelValue: chosen.value,
        'onUpdate:modelValue': (key: string) => (chosen.value = key),
        onPick,
      }),
  )
  app = createApp(Page)
  app.mount(document.body.appendChild(document.createElement('div')))
  const tabs = () => [...document.querySelectorAll<HTMLButtonElement>('[role=tab]')]
  tabs()[0]?.focus()
  const press = async (key: string, init: KeyboardEventInit = {}) => {
    document.activeElement?.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }),
    )
    await nextTick()
    return [chosen.value, document.activeElement?.textContent?.trim()]
  }
  return { chosen, onPick, tabs, press }
}

it('is one stop of the Tab key and says which is chosen and what it changes', async () => {
  const { tabs, press } = show()
  const row = document.querySelector('[role=tablist]')
  expect(row?.getAttribute('aria-label')).toBe('Whose')
  expect(tabs().map((tab) => tab.tabIndex)).toEqual([0, -1, -1])
  await press('End')
  expect(tabs().map((tab) => tab.tabIndex)).toEqual([-1, -1, 0])
  expect(tabs().map((tab) => tab.getAttribute('aria-selected'))).toEqual(['false', 'false', 'true'])
  expect(tabs()[2]?.getAttribute('aria-controls')).toBe('rows')
})

it('goes with the arrows, round the ends, and to them with Home and End; the focus goes along', async () => {
  const { press, onPick } = show()
  expect(await press('ArrowRight')).toEqual(['unassigned', 'unassigned'])
  expect(await press('ArrowRight')).toEqual(['all', 'all'])
  expect(await press('ArrowRight')).toEqual(['mine', 'mine'])
  expect(await press('ArrowLeft')).toEqual(['all', 'all'])
  expect(await press('Home')).toEqual(['mine', 'mine'])
  expect(await press('End')).toEqual(['all', 'all'])
  expect(await press('ArrowLeft', { altKey: true })).toEqual(['all', 'all'])
  expect(onPick).not.toHaveBeenCalled()
})

it('goes the other way where the page is written from right to left', async () => {
  const { press } = show()
  for (const tab of document.querySelectorAll<HTMLElement>('[role=tablist]')) tab.style.direction = 'rtl'
  expect(await press('ArrowLeft')).toEqual(['unassigned', 'unassigned'])
  expect(await press('ArrowRight')).toEqual(['mine', 'mine'])
})

it('tells a click, also on the one that was chosen', async () => {
  const { tabs, chosen, onPick } = show()
  tabs()[1]?.click()
  await nextTick()
  tabs()[1]?.click()
  expect(chosen.value).toBe('unassigned')
  expect(onPick.mock.calls).toEqual([['unassigned'], ['unassigned']])
})
