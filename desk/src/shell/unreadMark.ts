// How many notifications wait, for whoever has the desk in another tab or as an app: in the title, on the tab's mark and on
// the app's icon (Badging API, where the browser has it).
const MOST = 99
let title = 'Ventanilla'
let unread = 0

const counted = (count: number): string => (count > MOST ? `${MOST}+` : String(count))

function show(): void {
  document.title = unread ? `(${counted(unread)}) ${title}` : title
}

/** What the page is called. */
export function setTitle(name: string): void {
  title = name
  show()
}

export function setUnread(count: number): void {
  if (count === unread) return
  unread = count
  show()
  const mark = document.querySelector<HTMLLinkElement>('link[rel="icon"][data-unread]')
  if (mark) {
    mark.dataset.read ??= mark.href
    mark.href = (unread ? mark.dataset.unread : mark.dataset.read) ?? mark.href
  }
  if (!('setAppBadge' in navigator)) return
  void (unread ? navigator.setAppBadge(unread) : navigator.clearAppBadge()).catch(() => undefined)
}
