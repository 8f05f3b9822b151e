// Files that go with the message: chosen, pasted or dropped.
import { computed, ref, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { useChannels } from '@/stores/channels'
import { useSession } from '@/stores/session'
import { bytes } from '@/ui/text'
import { toast } from '@/ui/toasts'

import { takeFiles } from './files'

const MOST_FILES = 15

/** Word and spreadsheets put a picture of the words beside them. */
const hasWords = (html: string): boolean =>
  !!new DOMParser().parseFromString(html, 'text/html').body.textContent?.trim()

export interface Files {
  files: Ref<File[]>
  dragging: Ref<boolean>
  /** The name of the button: how many may go with it, and how large each, in this channel. */
  room: ComputedRef<string>
  add: (came: Iterable<File>) => void
  drop: (gone: readonly File[]) => void
  pasted: (event: ClipboardEvent) => void
  dropped: (event: DragEvent) => void
}

export function useFiles(channel: () => string | undefined): Files {
  const { t } = useI18n()
  const session = useSession()
  const channels = useChannels()
  const files = ref<File[]>([])
  const dragging = ref(false)
  const limit = computed(() =>
    Math.min(session.boot?.limits.upload_bytes ?? Infinity, channels.of(channel())?.max_attachment_bytes ?? Infinity),
  )

  const most = computed(() => session.boot?.limits.attachments ?? MOST_FILES)
  const room = computed(() => t('composer.attach', { count: most.value, limit: bytes(limit.value, session.locale) }))

  function add(came: Iterable<File>): void {
    const count = most.value
    const taken = takeFiles(files.value, came, { bytes: limit.value, count })
    files.value = taken.files
    for (const { name } of taken.large)
      toast(t('composer.too_large', { name, limit: bytes(limit.value, session.locale) }))
    if (taken.tooMany) toast(t('composer.too_many', { count }))
  }
  function drop(gone: readonly File[]): void {
    files.value = files.value.filter((file) => !gone.includes(file))
  }
  function pasted(event: ClipboardEvent): void {
    const found = [...(event.clipboardData?.files ?? [])]
    if (!found.length || hasWords(event.clipboardData?.getData('text/html') ?? '')) return
    event.preventDefault()
    add(found)
  }
  function dropped(event: DragEvent): void {
    dragging.value = false
    add(event.dataTransfer?.files ?? [])
  }
  return { files, dragging, room, add, drop, pasted, dropped }
}
