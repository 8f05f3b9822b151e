// Single sign-on: what administrators set up, and what the sign-in page asks.
import { api } from '@/api/client'
import type { Id } from '@/api/models'
import type { CheckedProvider, KnownProvider, ProviderPerson, SignInProvider, SingleSignOn } from '@/api/singleSignOn'

import { useSession } from './session'

const at = (tail = '') => `${useSession().desk}/single_sign_on${tail}`

/** What a provider's form sends; an empty secret keeps the one there is. */
export type ProviderFields = Partial<
  Pick<
    SignInProvider,
    'name' | 'issuer' | 'client_id' | 'makes_members' | 'role' | 'custom_role_id' | 'claim' | 'rules'
  >
> & { client_secret?: string; domains?: string; unverified_domains?: string }

export const loadSingleSignOn = (): Promise<SingleSignOn> => api.get(at())
export const addProvider = (fields: ProviderFields): Promise<SingleSignOn> => api.post(at('/providers'), fields)
export const changeProvider = (id: Id, fields: ProviderFields): Promise<SingleSignOn> =>
  api.patch(at(`/providers/${id}`), fields)
export const removeProvider = (id: Id): Promise<SingleSignOn> => api.delete(at(`/providers/${id}`))
export const checkProvider = (issuer: string): Promise<CheckedProvider> => api.post(at('/check'), { issuer })
export const askForOnly = (only: boolean): Promise<SingleSignOn> => api.patch(at(), { only })
export const peopleOf = (id: Id): Promise<ProviderPerson[]> => api.get(at(`/providers/${id}/people`))
export const unlinkPerson = (id: Id, user: Id): Promise<unknown> => api.delete(at(`/providers/${id}/people/${user}`))

/** The buttons of this browser: companies somebody signed in with here. */
export const knownProviders = (): Promise<KnownProvider[]> => api.get('/api/desk/companies/known')
export const mailWay = (email: string): Promise<unknown> => api.post('/api/desk/companies/mail', { email })
export const sentenceOf = async (code: string): Promise<string> =>
  (await api.get<{ message: string }>(`/api/desk/companies/problems/${encodeURIComponent(code)}`)).message
