/** A view whose code comes when it is first drawn. */
import type { ComponentType, VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'

const AGAIN_MS = 2_000

export function lazily<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
  let View: ComponentType<P> | undefined
  return function Lazy(props: P): VNode | null {
    const [, setReady] = useState(false)
    useEffect(() => {
      if (View) return
      let timer: ReturnType<typeof setTimeout>
      const ask = (): unknown =>
        load().then(
          (module) => {
            View = module.default
            setReady(true)
          },
          () => (timer = setTimeout(ask, AGAIN_MS)),
        )
      ask()
      return () => clearTimeout(timer)
    }, [])
    return View ? <View {...props} /> : null
  }
}
