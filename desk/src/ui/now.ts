// The present moment, to the half minute, for all that shows an age: one clock for all rows.
import { onScopeDispose, readonly, ref, type Ref } from 'vue'

const EVERY_MS = 30_000
const now = ref(new Date())
let timer: ReturnType<typeof setInterval> | undefined
let users = 0

/** Goes on while anyone's scope lives that uses it. */
export function useNow(): Readonly<Ref<Date>> {
  if (users++ === 0) {
    now.value = new Date()
    timer = setInterval(() => (now.value = new Date()), EVERY_MS)
  }
  onScopeDispose(() => {
    if (--users === 0) clearInterval(timer)
  })
  return readonly(now) as Readonly<Ref<Date>>
}
