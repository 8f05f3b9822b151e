// The tools of a channel: what helps to set it up, by the one door that all channels have.
import { api } from '@/api/client'
import type { Id } from '@/api/models'
import { useSession } from '@/stores/session'

interface Use {
  /** What the tool asks for. */
  input?: Record<string, unknown>
  /** The channel's settings as they stand in the form. */
  channel?: Record<string, unknown>
  inbox_id?: Id
}

export function useTools(kind: string) {
  const session = useSession()
  return <T>(tool: string, use: Use = {}): Promise<T> =>
    api.post<T>(`${session.desk}/channels/${kind}/tools/${tool}`, use)
}
