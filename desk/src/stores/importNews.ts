// Imports of mine that came to their end while I was elsewhere: told at once, and kept in the bell until I have looked.
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

import type { Id } from '@/api/models'
import { t } from '@/i18n'
import { toast } from '@/ui/toasts'

import { contactImports, type ContactImport } from './contactImports'
import { useSession } from './session'

export const useImportNews = defineStore('importNews', () => {
  const session = useSession()
  const files = contactImports()
  const ended = shallowRef<ContactImport[]>([])

  async function load(): Promise<void> {
    if (!session.isAdministrator) return
    ended.value = await files.ended().catch(() => ended.value)
  }
  /** One began, went on or ended. */
  async function changed(): Promise<void> {
    const before = new Set(ended.value.map((one) => one.id))
    await load()
    for (const one of ended.value) {
      if (isInView(one.id)) void seen(one.id)
      else if (!before.has(one.id)) toast(wordsOf(one))
    }
  }
  const isInView = (id: Id) => new RegExp(`/contacts/import/${id}$`).test(location.pathname)
  function wordsOf(one: ContactImport): string {
    const { name } = one.file
    if (one.state === 'failed') return t('notices.import_ended_badly', { name })
    return t('notices.import_ended', { name, count: one.counts.created + one.counts.updated })
  }
  async function seen(id: Id): Promise<void> {
    if (!ended.value.some((one) => one.id === id)) return
    ended.value = ended.value.filter((one) => one.id !== id)
    await files.seen(id).catch(() => undefined)
  }

  return { ended, load, changed, wordsOf, seen }
})
