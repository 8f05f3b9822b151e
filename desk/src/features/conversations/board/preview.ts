// What a column would show that is not there yet.
import { api } from '@/api/client'
import type { WallColumn } from '@/api/models'
import { useSession } from '@/stores/session'

import type { RowsAnswer } from './rows'

export interface Preview extends RowsAnswer {
  most: number
  count: number
  size: number
}

export async function preview(asked: Pick<WallColumn, 'kind' | 'conditions' | 'order'>): Promise<Preview> {
  const found = await api.post<Omit<Preview, 'size'>>(`${useSession().desk}/boards/preview`, asked)
  return { ...found, size: found[asked.kind].length }
}
