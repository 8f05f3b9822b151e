// What no one sees can wait until what everyone sees is there.

/** After the next frame was painted; soon in a window that paints nothing. */
export function afterPaint(act: () => void): void {
  let done = false
  const once = () => {
    if (!done) act()
    done = true
  }
  requestAnimationFrame(() => setTimeout(once))
  setTimeout(once, 200)
}
