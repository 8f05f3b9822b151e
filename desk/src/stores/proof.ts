// Before a dangerous act the server asks anew whether it is them: the dialog is shown once, whoever asked.
import { ref } from 'vue'

import { api, whenProofNeeded } from '@/api/client'

/** What the dialog that is open calls when it is over; undefined while none is. */
export const asking = ref<(proved: boolean) => void>()
let waiting: Promise<boolean> | undefined

whenProofNeeded(() => {
  waiting ??= new Promise<boolean>((done) => (asking.value = done)).finally(() => {
    asking.value = waiting = undefined
  })
  return waiting
})

export interface ProofWays {
  ways: string[]
  /** Who opened this session: they can ask again, at `path`. */
  providers: { name: string; path: string }[]
}
export const proofWays = (): Promise<ProofWays> => api.get<ProofWays>('/api/desk/security/proof')
export const giveProof = (proof: Record<string, unknown>): Promise<unknown> =>
  api.post('/api/desk/security/proof', proof)
