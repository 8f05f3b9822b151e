import type { Router } from 'vue-router'

// After an upgrade the parts that an open window has not fetched yet are gone from the server. The window then opens anew
// where somebody wants to go; without the server it stays as it is.
const GONE = /dynamically imported module|module script failed|preload CSS/i
export function reopenWhenGone(router: Router): void {
  router.onError(async (error: unknown, to) => {
    if (!(error instanceof Error) || !GONE.test(error.message)) return
    const address = router.resolve(to).href
    const reachable = await fetch(address, { method: 'HEAD', cache: 'no-store' }).then(
      (answer) => answer.ok,
      () => false,
    )
    if (reachable) location.assign(address)
  })
}
