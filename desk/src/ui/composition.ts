/** Keys of people who compose their words with an input method. */

/**
 * Keep to the input method what is its own, for every field and menu at once: Enter takes a candidate, Escape drops one,
 * and no handler of ours hears of it. Safari tells the key that ends a composition with `isComposing` false and the code
 * 229 (UI Events, "keydown during composition").
 */
export function guardCompositions(): void {
  const keep = (event: KeyboardEvent): void => {
    if (event.isComposing || event.keyCode === 229) event.stopImmediatePropagation()
  }
  window.addEventListener('keydown', keep, true)
}
