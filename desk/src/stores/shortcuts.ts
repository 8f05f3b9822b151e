// Single keys and chords of the desk. Off while typing, and where the user switched them off.
import { onScopeDispose, ref, watch } from 'vue'

import { useSession } from './session'

/**
 * Every key of the desk, written once: the sheet behind `?` shows them in this order, the palette and buttons name them
 * beside what they do. What a key does stands where it is done (useShortcuts).
 */
export const SHORTCUTS = {
  palette: 'Ctrl + K',
  desk: 'G C',
  board: 'G B',
  contacts: 'G P',
  settings: 'G S',
  column: 'C',
  next: 'J',
  previous: 'K',
  back: 'Esc',
  reply: 'R',
  note: 'N',
  send: 'Ctrl ↵',
  send_later: 'Ctrl ⇧ ↵',
  send_resolve: 'Ctrl ⇧ E',
  bold: 'Ctrl B',
  italic: 'Ctrl I',
  resolve: 'E',
  snooze: 'S',
  archive: 'Y',
  agent: 'A',
  team: 'T',
  labels: 'L',
  priority: 'P',
  me: 'I',
  unread: 'U',
  message: 'M',
  select: 'X',
  range: '⇧ X',
  undo: 'Z',
  search: '/',
  filter: 'F',
  nav: '[',
  panel: ']',
  help: '?',
} as const
export type Shortcut = keyof typeof SHORTCUTS

const open = ref(false)
export function useShortcutsSheet() {
  return { open }
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}

/** A dialog or menu has the keys while it is open. */
function isCovered(): boolean {
  return document.querySelector('[role=dialog],[role=menu]') !== null
}

export type Keymap = Record<string, (event: KeyboardEvent) => void>

const CHORD_MS = 1200
const keymaps: Keymap[] = []
const over = new Set<Keymap>()
let chord = ''
let chordTimer: ReturnType<typeof setTimeout> | undefined

export function keyName(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  return `${event.shiftKey && /^[a-z]$/.test(key) ? 'Shift+' : ''}${key}`
}

/** A key with Ctrl or ⌘ as SHORTCUTS writes it: "Ctrl ⇧ E". */
export function keysOf(event: KeyboardEvent): string {
  if (!event.ctrlKey && !event.metaKey) return ''
  const key = event.key === 'Enter' ? '↵' : event.key.toUpperCase()
  return `Ctrl ${event.shiftKey ? '⇧ ' : ''}${key}`
}

/** One listener for all keymaps, so that half a chord is never taken for a key of its own; the newest keymap wins. */
function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
  if (useSession().settings.shortcuts_off || isTyping(event.target) || isCovered()) return
  const name = keyName(event)
  // Where something has the focus, arrows move in it.
  if (name.startsWith('Arrow') && event.target !== document.body) return
  const whole = chord ? `${chord} ${name}` : name
  const wasChord = chord !== ''
  clearTimeout(chordTimer)
  chord = ''
  const layer = name === 'Escape' ? layers.at(-1) : undefined
  if (layer) {
    event.preventDefault()
    return layer.close()
  }
  const newest = [...keymaps].reverse()
  const act = [...newest.filter((one) => over.has(one)), ...newest].find((keymap) => keymap[whole])?.[whole]
  if (act) {
    event.preventDefault()
    act(event)
  } else if (!wasChord && keymaps.some((keymap) => Object.keys(keymap).some((key) => key.startsWith(`${name} `)))) {
    chord = name
    chordTimer = setTimeout(() => (chord = ''), CHORD_MS)
  }
}

/**
 * Listen while the component lives. Keys: `j`, `Shift+x`, `ArrowDown`, chords as `g c`. `over`: before all the others,
 * whichever came later (rows that are chosen take the keys of the open conversation).
 */
export function useShortcuts(keymap: Keymap, options: { over?: boolean } = {}): void {
  if (options.over) over.add(keymap)
  if (keymaps.length === 0) window.addEventListener('keydown', onKey)
  keymaps.push(keymap)
  onScopeDispose(() => {
    keymaps.splice(keymaps.indexOf(keymap), 1)
    over.delete(keymap)
    if (keymaps.length === 0) window.removeEventListener('keydown', onKey)
  })
}

interface Layer {
  close: () => void
}
const layers: Layer[] = []

/** Something that lies over the rest while `isOpen`. Esc closes what was opened last: the top layer first. */
export function useLayer(isOpen: () => boolean, close: () => void): void {
  const layer: Layer = { close }
  const leave = () => {
    const at = layers.indexOf(layer)
    if (at >= 0) layers.splice(at, 1)
  }
  watch(
    isOpen,
    (open) => {
      leave()
      if (open) layers.push(layer)
    },
    { immediate: true },
  )
  onScopeDispose(leave)
}
