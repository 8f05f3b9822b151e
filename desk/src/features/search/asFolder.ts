// A search as a folder: what of it is about conversations is kept, and what is not is named before one saves.
import { api } from '@/api/client'
import type { components } from '@/api/generated/schema'
import type { Condition } from '@/api/models'
import { t } from '@/i18n'
import { explain } from '@/stores/acts'
import { useFolders } from '@/stores/folders'
import { useSession } from '@/stores/session'
import { toast } from '@/ui/toasts'

type Kept = Omit<components['schemas']['KeptAnswer'], 'conditions'> & { conditions: Condition[] }

/** Sentences about the parts that a folder does not hold. */
export function leftOut(lost: Kept['lost']): string[] {
  const of = (why: string) =>
    lost.filter((one) => one.why === why).map(({ part }) => (/"/.test(part) ? part : `«${part}»`))
  const said = of('said')
  const unknown = of('unknown')
  return [
    ...(said.length ? [t('search.not_kept', { parts: said.join(', ') })] : []),
    ...(unknown.length ? [t('search.not_known', { parts: unknown.join(', ') })] : []),
  ]
}

/** Open the dialog of a new folder with what can be kept; where nothing can, say so. */
export async function keepAsFolder(q: string): Promise<void> {
  try {
    const kept = await api.get<Kept>(`${useSession().desk}/search/folder`, { q })
    if (!kept.conditions.length) return toast(t('search.keep_none'))
    const { conditions } = kept
    useFolders().editing = { noun: 'conversation', conditions, notes: leftOut(kept.lost) }
  } catch (error) {
    explain(error)
  }
}
