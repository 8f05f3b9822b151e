// The page asks anew while somebody looks at it: every few seconds, and at the very moment something could turn bad.
import { computed, onScopeDispose, ref, shallowRef } from 'vue'

import { Offline } from '@/api/client'
import { loadHealth, type Health } from '@/stores/health'

const AFTER_FAILURE_MS = 3_000
const TICK_MS = 1_000

export function useHealth(ask: () => Promise<Health> = loadHealth) {
  const health = shallowRef<Health>()
  /** The server did not answer: what is shown is of `seenAt`. */
  const unreachable = ref(false)
  const failed = ref(false)
  const seenAt = ref(0)
  const now = ref(Date.now())
  const age = computed(() => Math.max(0, Math.round((now.value - seenAt.value) / 1000)))
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking = false
  let over = false

  async function look(): Promise<void> {
    if (asking || over) return
    asking = true
    clearTimeout(timer)
    let next = AFTER_FAILURE_MS
    try {
      health.value = await ask()
      seenAt.value = now.value = Date.now()
      unreachable.value = failed.value = false
      next = health.value.look_again_seconds * 1000
    } catch (error) {
      unreachable.value = error instanceof Offline
      failed.value = !unreachable.value
    } finally {
      asking = false
      if (!over && !document.hidden) timer = setTimeout(() => void look(), next)
    }
  }
  function seen(): void {
    if (document.hidden) clearTimeout(timer)
    else void look()
  }
  const clock = setInterval(() => (now.value = Date.now()), TICK_MS)
  document.addEventListener('visibilitychange', seen)
  onScopeDispose(() => {
    over = true
    clearTimeout(timer)
    clearInterval(clock)
    document.removeEventListener('visibilitychange', seen)
  })
  void look()

  return { health, unreachable, failed, age, look }
}
