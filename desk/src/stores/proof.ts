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

export const proofWays = async (): Promise<string[]> =>
  (await api.get<{ ways: string[] }>('/api/desk/security/proof')).ways
export const giveProof = (proof: Record<string, unknown>): Promise<unknown> =>
  api.post('/api/desk/security/proof', proof)
