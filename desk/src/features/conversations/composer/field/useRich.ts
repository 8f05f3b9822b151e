// The rich field comes after the first paint: it is the heaviest part of the composer, and nothing waits for it.
import { shallowRef, type Component } from 'vue'

import { afterPaint } from '@/ui/paint'

const loaded = shallowRef<Component>()
let asked = false

/** Once it is there. A desk that cannot fetch it (offline, an upgrade) keeps the plain field and asks anew next time. */
export function useRich(): typeof loaded {
  if (!asked) {
    asked = true
    afterPaint(() => {
      const idle = window.requestIdleCallback ?? ((act: () => void) => setTimeout(act, 50))
      idle(() => {
        import('./rich/RichField.vue').then(
          (module) => (loaded.value = module.default),
          () => (asked = false),
        )
      })
    })
  }
  return loaded
}
