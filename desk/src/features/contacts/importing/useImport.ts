// One file of contacts: uploaded, looked at, imported, taken back. The server does the work; here it is asked how far it is.
import { computed, onUnmounted, ref, watch, type Ref } from 'vue'

import type { Id } from '@/api/models'
import { useSaving } from '@/components/useSaving'
import { useCollections } from '@/stores/collections'
import {
  contactImports,
  isGone,
  type ContactImport,
  type ImportChoices,
  type ImportOptions,
  type RefusedRow,
} from '@/stores/contactImports'
import { useImportNews } from '@/stores/importNews'

const POLL_MS = 1000
const AT_WORK = new Set(['checking', 'importing', 'undoing'])
const PAGE = 50

export function useImport(id: Ref<Id | undefined>) {
  const files = contactImports()
  const collections = useCollections()
  const news = useImportNews()
  const { save, busy, problem } = useSaving()
  const attempt = (act: () => Promise<unknown>) => save(act, '')
  const job = ref<ContactImport>()
  const earlier = ref<ContactImport[]>([])
  const choices = ref<ImportChoices>({ encodings: [], fields: [], regions: [] })
  const refused = ref<RefusedRow[]>([])
  const missing = ref(false)
  const failed = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  function take(next: ContactImport): void {
    job.value = next
    clearTimeout(timer)
    if (AT_WORK.has(next.state)) timer = setTimeout(() => void poll(), POLL_MS)
    else void news.seen(next.id)
    if (!AT_WORK.has(next.state) && next.counts.refused && next.state !== 'checked') void moreRefused(1)
  }
  async function poll(): Promise<void> {
    const asked = id.value
    if (!asked) return
    try {
      const next = await files.show(asked)
      if (asked === id.value) take(next)
    } catch (error) {
      missing.value = isGone(error)
      if (!missing.value) timer = setTimeout(() => void poll(), POLL_MS * 3)
    }
  }
  async function load(): Promise<void> {
    missing.value = failed.value = false
    job.value = undefined
    refused.value = []
    clearTimeout(timer)
    try {
      const known = await files.newest()
      earlier.value = known.payload
      choices.value = known.choices
      const found = known.payload.find((other) => other.id === id.value)
      if (found) take(found)
      else await poll()
    } catch {
      failed.value = true
    }
  }
  watch(id, load, { immediate: true })
  onUnmounted(() => clearTimeout(timer))

  async function upload(file: File): Promise<ContactImport | undefined> {
    let begun: ContactImport | undefined
    await attempt(async () => (begun = await files.upload(file)))
    return begun
  }
  const on = (act: (asked: Id) => Promise<unknown>) => attempt(async () => id.value && (await act(id.value)))
  const change = (options: Partial<ImportOptions>) => on(async (asked) => take(await files.change(asked, options)))
  const stop = () => on(async (asked) => take(await files.act(asked, 'stop')))
  const undo = () => on(async (asked) => take(await files.act(asked, 'undo')))
  const start = () =>
    on(async (asked) => {
      take(await files.act(asked, 'start'))
      await Promise.all([collections.refresh('label'), collections.refresh('attribute_definition')])
    })
  const discard = () => on((asked) => files.discard(asked))
  const edited = () => (id.value ? files.edited(id.value).catch(() => undefined) : Promise.resolve(undefined))
  async function moreRefused(page = Math.floor(refused.value.length / PAGE) + 1): Promise<void> {
    if (!id.value) return
    const found = await files.refused(id.value, page).catch((): RefusedRow[] => [])
    refused.value = page === 1 ? found : [...refused.value, ...found]
  }
  const refusedFile = computed(() => (id.value ? files.refusedFile(id.value) : ''))

  return {
    job,
    earlier,
    choices,
    refused,
    missing,
    failed,
    busy,
    problem,
    refusedFile,
    load,
    upload,
    change,
    start,
    stop,
    undo,
    discard,
    edited,
    moreRefused,
  }
}

export type ImportWork = ReturnType<typeof useImport>
