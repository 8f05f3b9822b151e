// Shows what the server pushes while the desk is closed or behind other windows, and leads to the conversation.

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

const windows = () => self.clients.matchAll({ type: 'window', includeUncontrolled: true })

async function tell({ title, body, tag, url, unread }) {
  if (self.navigator.setAppBadge) await self.navigator.setAppBadge(unread ?? 0).catch(() => undefined)
  // Whoever looks at the desk is told by the desk.
  if ((await windows()).some((one) => one.focused)) return
  await self.registration.showNotification(title, { body, tag, renotify: true, data: { url } })
}

self.addEventListener('push', (event) => {
  if (event.data) event.waitUntil(tell(event.data.json()))
})

/** The desk's address here, whatever address the server has for links. */
function here(url) {
  const { pathname, search } = new URL(url, self.location.origin)
  return pathname + search
}

async function open(url) {
  const [desk] = await windows()
  if (!desk) return self.clients.openWindow(url)
  desk.postMessage({ open: url })
  return desk.focus()
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(here(event.notification.data.url)))
})
