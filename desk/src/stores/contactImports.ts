// Files of contacts on the server: what is asked of them.
import { api, ApiError } from '@/api/client'
import type { components } from '@/api/generated/schema'
import type { Id } from '@/api/models'

import { useSession } from './session'

export type ContactImport = components['schemas']['ImportShape']
export type ImportOptions = ContactImport['options']
export type ImportChoices = components['schemas']['ImportChoices']
export type RefusedRow = components['schemas']['RefusedRowShape']
export type EditedSince = components['schemas']['EditedSince']

export function contactImports() {
  const session = useSession()
  const path = (tail = '') => `/api/desk/accounts/${session.accountId}/contact_imports${tail}`
  return {
    newest: () => api.get<{ payload: ContactImport[]; choices: ImportChoices }>(path()),
    ended: async () => (await api.get<{ payload: ContactImport[] }>(path('/ended'))).payload,
    seen: (id: Id) => api.post(path(`/${id}/seen`)),
    show: (id: Id) => api.get<ContactImport>(path(`/${id}`)),
    upload(file: File) {
      const body = new FormData()
      body.append('import_file', file)
      return api.post<ContactImport>(path(), body)
    },
    change: (id: Id, options: Partial<ImportOptions>) => api.patch<ContactImport>(path(`/${id}`), options),
    act: (id: Id, verb: 'start' | 'stop' | 'undo') => api.post<ContactImport>(path(`/${id}/${verb}`)),
    discard: (id: Id) => api.delete(path(`/${id}`)),
    edited: (id: Id) => api.get<EditedSince>(path(`/${id}/edited`)),
    refused: async (id: Id, page: number) =>
      (await api.get<{ payload: RefusedRow[] }>(path(`/${id}/refused`), { page })).payload,
    refusedFile: (id: Id) => path(`/${id}/refused.csv`),
  }
}

export const isGone = (error: unknown) => error instanceof ApiError && error.status === 404
