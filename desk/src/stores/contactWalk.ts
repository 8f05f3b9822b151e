// The list of contacts that someone came from, so that a contact's page can go on to the next.
import { ref } from 'vue'

import type { Id } from '@/api/models'

const ids = ref<Id[]>([])

export const contactWalk = {
  /** The list as it stands. */
  keep: (shown: Id[]) => void (ids.value = shown),
  at: (id: Id) => ids.value.indexOf(id),
  total: () => ids.value.length,
  beside: (id: Id, by: 1 | -1): Id | undefined => {
    const at = ids.value.indexOf(id)
    return at < 0 ? undefined : ids.value[at + by]
  },
}
