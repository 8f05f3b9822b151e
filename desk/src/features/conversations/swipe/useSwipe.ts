// One finger on the rows: across it pushes a row aside, resting it chooses the row, and along it scrolls as ever (the rows
// have `touch-action: pan-y`, so the browser takes what goes along and says so with `pointercancel`).
import { useEventListener, useTimeoutFn } from '@vueuse/core'
import { shallowRef, type ShallowRef } from 'vue'

import type { Id } from '@/api/models'

import { EDGE, fires, meantBy, RESTS_MS, restsAt, sideOf, travel, type SwipeSide } from './swipe'

/** The row under the finger. `across` in pixels, positive towards the end of the line. */
export interface Swiped {
  id: Id
  row: HTMLElement
  across: number
  side: SwipeSide
  armed: boolean
  /** It was let go and lies aside, with its acts to be tapped. */
  open: boolean
}
interface Answers {
  /** How many acts lie on that side of a row now; pushed towards none, it barely moves. */
  acts: (id: Id, side: SwipeSide) => number
  /** It was let go past the point; the row lies aside until `put` is called with 0. */
  fire: (swiped: Swiped) => void
  rest: (id: Id) => void
  /** A tap does not open the row but chooses it. */
  choosing: () => boolean
  held: (on: boolean) => void
}

/** Where a row lies. By hand, since its drawing must not be done anew for each movement of a finger. */
export function put(row: HTMLElement, across: number, glides: boolean): void {
  const sheet = row.firstElementChild
  if (!(sheet instanceof HTMLElement)) return
  const forward = getComputedStyle(row).direction === 'rtl' ? -1 : 1
  sheet.style.transition = glides ? 'transform var(--m-base) ease-out' : ''
  sheet.style.transform = across ? `translateX(${across * forward}px)` : ''
  // What lies behind must not shine through.
  sheet.style.backgroundColor = across && !sheet.classList.contains('on') ? 'var(--sheet)' : ''
}

export function useSwipe(scroller: () => HTMLElement | undefined, on: Answers): ShallowRef<Swiped | undefined> {
  const swiped = shallowRef<Swiped>()
  let finger: { id: number; x: number; y: number; row: HTMLElement; conversation: Id } | undefined
  let swallows = false
  const resting = useTimeoutFn(
    () => {
      if (!finger || swiped.value) return
      swallows = true
      on.rest(finger.conversation)
      finger = undefined
    },
    RESTS_MS,
    { immediate: false },
  )

  function down(event: PointerEvent): void {
    // What lies open is tapped, or closed by a finger anywhere else.
    if (swiped.value?.open) {
      swallows = false
      if (event.target instanceof Element && event.target.closest('.behind')) return
      leave()
      swallows = true
      return
    }
    const another = finger !== undefined || !event.isPrimary
    leave()
    swallows = false
    if (another || event.pointerType === 'mouse' || !(event.target instanceof Element)) return
    const row = event.target.closest<HTMLElement>('[data-conversation]')
    if (!row) return
    finger = {
      id: event.pointerId,
      x: event.clientX,
      y: event.clientY,
      row,
      conversation: Number(row.dataset.conversation),
    }
    resting.start()
  }
  function move(event: PointerEvent): void {
    if (!finger || event.pointerId !== finger.id) return
    const forward = getComputedStyle(finger.row).direction === 'rtl' ? -1 : 1
    const across = (event.clientX - finger.x) * forward
    if (!swiped.value) {
      const meant = meantBy(across, event.clientY - finger.y)
      if (!meant) return
      resting.stop()
      if (meant === 'scroll' || on.choosing() || atEdge(finger.x)) return leave()
      finger.row.setPointerCapture(event.pointerId)
      swallows = true
      on.held(true)
    }
    const { row, conversation: id } = finger
    const side = sideOf(across)
    const has = on.acts(id, side) > 0
    const way = travel(across, row.clientWidth, has)
    put(row, way, false)
    swiped.value = { id, row, across: way, side, armed: has && fires(way, row.clientWidth), open: false }
  }
  function up(event: PointerEvent): void {
    if (event.pointerId !== finger?.id) return
    const now = swiped.value
    if (!now?.armed) {
      const rest = now ? restsAt(now.across, on.acts(now.id, now.side)) : 0
      if (!now || !rest) return leave()
      finger = undefined
      put(now.row, rest, true)
      swiped.value = { ...now, across: rest, open: true }
      return
    }
    finger = undefined
    on.fire(now)
    on.held(false)
  }
  /** As if nothing had been. */
  function leave(): void {
    resting.stop()
    finger = undefined
    if (!swiped.value) return
    put(swiped.value.row, 0, true)
    swiped.value = undefined
    on.held(false)
  }
  const atEdge = (x: number): boolean => x < EDGE || x > innerWidth - EDGE

  /** What ends a gesture is no tap; and where rows are being chosen, a tap chooses. */
  function click(event: MouseEvent): void {
    const touched = event instanceof PointerEvent && event.pointerType === 'touch'
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-conversation]') : null
    if (!swallows && !(touched && row && on.choosing())) return
    event.stopPropagation()
    event.preventDefault()
    if (!swallows && row) on.rest(Number(row.dataset.conversation))
    swallows = false
  }
  /** The browser's own menu of a resting finger. */
  function menu(event: MouseEvent): void {
    if (finger || swallows) event.preventDefault()
  }

  useEventListener(scroller, 'pointerdown', down, { passive: true })
  useEventListener(scroller, 'pointermove', move, { passive: true })
  useEventListener(scroller, 'pointerup', up, { passive: true })
  useEventListener(scroller, 'pointercancel', leave, { passive: true })
  useEventListener(scroller, 'click', click, { capture: true })
  useEventListener(scroller, 'contextmenu', menu)
  return swiped
}
