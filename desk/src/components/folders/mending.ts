// A folder that names what was deleted: in words, and its conditions without it.
import type { Condition, Folder } from '@/api/models'
import { t } from '@/i18n'

/** What is wrong with it, in a sentence. */
export function whatIsGone(folder: Folder): string {
  const tail = folder.filter_type === 'contact' ? '_segment' : ''
  const gone = [
    ...new Set(
      folder.missing.map(({ source, name }) => [t(`mending.${source}`), name && `«${name}»`].filter(Boolean).join(' ')),
    ),
  ]
  if (!gone.length) return t(`mending.meaningless${tail}`)
  return t(`mending.${gone.length === 1 ? 'one' : 'many'}${tail}`, { what: gone.join(', ') })
}

/** The conditions with what is there still: one that named nothing else is left to be filled. */
export function withoutMissing(folder: Folder): Condition[] {
  return folder.conditions.map((condition, place) => {
    const gone = folder.missing.filter((one) => one.place === place).map((one) => one.value)
    return gone.length
      ? { ...condition, values: condition.values.filter((value) => !gone.includes(String(value).trim())) }
      : condition
  })
}
