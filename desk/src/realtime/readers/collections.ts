import { followAgents, followTeams } from '@/stores/carried'
import { useCollections, type CollectionName } from '@/stores/collections'
import { useCounts } from '@/stores/counts'
import { useFolders } from '@/stores/folders'

import type { Readers } from '../reader'

const GATHERED_MS = 250
const pending = new Set<CollectionName>()

/** Fetch it again, once for all that is told of it meanwhile; `follow`: what conversations carry of it. */
const fetchedAgain = (name: CollectionName, follow?: () => void) => () => {
  if (pending.has(name)) return
  pending.add(name)
  setTimeout(() => {
    pending.delete(name)
    const collections = useCollections()
    collections.forgetAssignable()
    void collections.refresh(name).then(follow)
    useCounts().later()
    // A folder may name it.
    if (useFolders().all.length)
      void useFolders()
        .load()
        .catch(() => undefined)
  }, GATHERED_MS)
}

export default {
  agent: fetchedAgain('agent', followAgents),
  team: fetchedAgain('team', followTeams),
  label: fetchedAgain('label'),
  inbox: fetchedAgain('inbox'),
  attribute_definition: fetchedAgain('attribute_definition'),
  canned_response: fetchedAgain('canned_response'),
} satisfies Readers
