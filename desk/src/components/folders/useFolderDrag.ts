// A folder is dragged to another place among its kind. Keys do the same: Alt ↑ ↓ where it stands, and its menu.
import { ref } from 'vue'

import type { Folder, Id } from '@/api/models'
import { useFolders } from '@/stores/folders'

export function useFolderDrag() {
  const folders = useFolders()
  const dragged = ref<Folder>()
  /** Over which one it is, and on which side of it. */
  const over = ref<{ id: Id; after: boolean }>()

  function begin(event: DragEvent, folder: Folder): void {
    dragged.value = folder
    event.dataTransfer?.setData('text/plain', folder.name)
    if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move'
  }
  function move(event: DragEvent, folder: Folder): void {
    if (dragged.value?.filter_type !== folder.filter_type || !(event.currentTarget instanceof HTMLElement)) return
    event.preventDefault()
    const { top, height } = event.currentTarget.getBoundingClientRect()
    over.value = { id: folder.id, after: event.clientY > top + height / 2 }
  }
  function drop(event: DragEvent): void {
    event.preventDefault()
    if (dragged.value && over.value) void folders.place(dragged.value, over.value.id, over.value.after)
    end()
  }
  function end(): void {
    dragged.value = over.value = undefined
  }
  const sideOf = (folder: Folder): string => {
    if (over.value?.id !== folder.id || dragged.value?.id === folder.id) return ''
    return over.value.after ? 'below' : 'above'
  }
  return { begin, move, drop, end, sideOf }
}
