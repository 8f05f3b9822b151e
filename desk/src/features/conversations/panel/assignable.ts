// Who can be given the conversations of an inbox, or asked to follow them.
import { ref, watch, type Ref } from 'vue'

import type { Agent, Id } from '@/api/models'
import { useCollections } from '@/stores/collections'

/** Those of the inbox that `inbox` names now; empty until they came, and where they do not come. */
export function useAssignable(inbox: () => Id): Ref<Agent[]> {
  const collections = useCollections()
  const agents = ref<Agent[]>([])
  watch(
    inbox,
    async (asked) => {
      const came = await collections.assignableAgents(asked).catch(() => [])
      if (inbox() === asked) agents.value = came
    },
    { immediate: true },
  )
  return agents
}
