// Canned responses: written, deleted and brought back, moved between folders, counted. The list itself is a collection.
import { api, upload } from '@/api/client'
import type { CannedResponse, Id } from '@/api/models'

import { useCollections } from './collections'
import { useSession } from './session'

export type CannedFields = Partial<Omit<CannedResponse, 'id' | 'files' | 'uses' | 'used_at'>> & { files?: string[] }

const path = (tail = ''): string => `${useSession().desk}/canned${tail}`
const again = (): Promise<void> => useCollections().refresh('canned_response')

/** Keep it: a new one without `id`. */
export async function saveCanned(id: Id | undefined, fields: CannedFields): Promise<void> {
  await (id === undefined ? api.post(path(), fields) : api.patch(path(`/${id}`), fields))
  await again()
}

export async function deleteCanned(id: Id): Promise<void> {
  await api.delete(path(`/${id}`))
  await again()
}

export async function restoreCanned(id: Id): Promise<void> {
  await api.post(path(`/${id}/restore`))
  await again()
}

export async function moveCanned(ids: Id[], folder: string): Promise<void> {
  await api.post(path('/move'), { ids, folder })
  await again()
}

/** One more on its count; nothing hangs on it. */
export function countCanned(id: Id): void {
  void api.post(path(`/${id}/used`)).catch(() => undefined)
}

/** Put a file into the storage; the id it is named by. */
export async function storeFile(file: File): Promise<string> {
  const form = new FormData()
  form.set('attachment', file, file.name)
  return (await upload<{ blob_id: string }>(`${useSession().base}/upload`, form)).blob_id
}
