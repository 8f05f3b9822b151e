// The list of contacts: what it is asked by, the page that came, and the rows' keys.
import { computed, nextTick, ref, watch, type Ref } from 'vue'
import { watchDebounced } from '@vueuse/core'
import { useRoute } from 'vue-router'

import type { Condition, ListedContact } from '@/api/models'
import { leaving } from '@/components/people/contactActs'
import { useContacts } from '@/stores/contacts'
import { contactWalk } from '@/stores/contactWalk'

const PAGE = 15
const TYPING_MS = 250

export function useContactList() {
  const contacts = useContacts()
  const came = ref<ListedContact[]>([])
  const rows = computed(() => came.value.filter((one) => !leaving.contacts.has(one.id)))
  const count = ref(0)
  const page = ref(1)
  // Who came by a company's name finds its people.
  const query = ref(String(useRoute().query.q ?? ''))
  const label = ref('')
  const sort = ref('-last_activity_at')
  const conditions = ref<Condition[]>([])
  const loading = ref(true)
  const failed = ref(false)
  const pages = computed(() => Math.max(1, Math.ceil(count.value / PAGE)))

  const narrowed = () => ({ words: query.value.trim(), label: label.value })
  /** How many the list would have by these conditions. */
  const countOf = (asked: Condition[]) => contacts.count(asked, narrowed())

  let request = 0
  async function load(): Promise<void> {
    const mine = ++request
    loading.value = true
    failed.value = false
    try {
      const found = await contacts.list({
        page: page.value,
        sort: sort.value,
        ...narrowed(),
        conditions: conditions.value,
      })
      if (mine !== request) return
      came.value = found.payload
      count.value = found.meta.count
      contactWalk.keep(found.payload.map((one) => one.id))
    } catch {
      if (mine === request) failed.value = true
    } finally {
      if (mine === request) loading.value = false
    }
  }
  function fromTheTop(): void {
    page.value = 1
    void load()
  }
  watchDebounced(query, fromTheTop, { debounce: TYPING_MS })
  watch([sort, label, conditions], fromTheTop)
  watch(page, () => void load())
  void load()

  return { rows, count, page, pages, query, label, sort, conditions, loading, failed, load, countOf }
}

/** J and K: the row that has the focus is the chosen one; past the edge of a page goes to the page beside it. */
export function useRowKeys(
  body: Ref<HTMLElement | undefined>,
  { rows, page, pages }: Pick<ReturnType<typeof useContactList>, 'rows' | 'page' | 'pages'>,
) {
  const links = (): HTMLElement[] => [...(body.value?.querySelectorAll<HTMLElement>('a.who') ?? [])]

  async function step(by: 1 | -1): Promise<void> {
    const all = links()
    const edge = by === 1 ? 0 : -1
    const focused = all.findIndex((link) => link === document.activeElement)
    // Nothing chosen yet: J begins at the top, K at the foot.
    const next = focused < 0 ? all.at(edge) : all[focused + by]
    if (next) return next.focus()
    const beside = page.value + by
    if (focused < 0 || beside < 1 || beside > pages.value) return
    page.value = beside
    const gone = rows.value
    const stop = watch(rows, async (now) => {
      stop()
      await nextTick()
      if (now !== gone) links().at(edge)?.focus()
    })
  }

  function onArrow(event: KeyboardEvent): void {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : undefined
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    void step(by)
  }

  return { step, onArrow, focusFirst: () => links()[0]?.focus() }
}
