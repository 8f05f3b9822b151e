// One menu for many buttons: in a long list a menu of its own behind each button costs more than all else in the list.
import { inject, provide, type InjectionKey } from 'vue'

import type { MenuItem } from './UiMenu.vue'

/** What a button wants shown beside it. */
export interface Asked {
  button: HTMLElement
  items: MenuItem[]
  align: 'start' | 'end'
  choose: (key: string) => void
}
export type Show = (asked: Asked) => void
const KEY: InjectionKey<Show> = Symbol('menu')

export const provideMenu = (show: Show): void => provide(KEY, show)
/** How to show it; nothing happens where no UiSharedMenu stands above. */
export const useSharedMenu = (): Show => inject(KEY, () => undefined, false)
