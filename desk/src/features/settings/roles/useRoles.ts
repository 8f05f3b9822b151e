// The roles, the one that is chosen, and what is being changed of it.
import { computed, reactive, ref, watch } from 'vue'
import { onBeforeRouteLeave, useRoute, useRouter } from 'vue-router'

import type { RoleColumn, Roles } from '@/api/models'
import { useSaving } from '@/components/useSaving'
import { t } from '@/i18n'
import { createRole, loadRoles, removeRole, saveRole, tryRole } from '@/stores/roles'
import { toast } from '@/ui/toasts'

import { changed, QUESTIONS, questionAbout, withAnswer, type Question } from './questions'

type Draft = Pick<RoleColumn, 'name' | 'sight' | 'inbox_ids' | 'capabilities'>
const draftOf = ({ name, sight, inbox_ids, capabilities }: RoleColumn): Draft => ({
  name,
  sight,
  inbox_ids,
  capabilities,
})
const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

export function useRoles() {
  const route = useRoute()
  const router = useRouter()
  const { busy, save, about } = useSaving()
  const roles = ref<RoleColumn[]>([])
  const failed = ref(false)
  const draft = ref<Draft>()
  const refused = reactive(new Map<string, string>())

  const chosen = computed(() => {
    const key = String(route.params.role ?? '')
    return roles.value.find((role) => role.key === key) ?? roles.value.find((role) => role.own) ?? roles.value.at(-1)
  })
  const changes = computed(() => (chosen.value && draft.value ? changed(chosen.value, draft.value) : []))
  const count = computed(() => {
    const [was, now] = [chosen.value, draft.value]
    if (!was || !now) return 0
    return changes.value.length + Number(was.name !== now.name) + Number(!same(was.inbox_ids, now.inbox_ids))
  })

  function take(loaded: Roles): void {
    roles.value = loaded.roles
    discard()
  }
  function discard(): void {
    refused.clear()
    draft.value = chosen.value?.own ? draftOf(chosen.value) : undefined
  }
  watch(() => chosen.value?.key, discard)

  async function load(): Promise<void> {
    failed.value = false
    try {
      take(await loadRoles())
    } catch {
      failed.value = true
    }
  }
  function choose(key: string): void {
    if (count.value) toast(t('roles.save_first'))
    else void router.replace({ params: { ...route.params, role: key } })
  }

  async function change(fields: Partial<Draft>): Promise<void> {
    if (!draft.value) return
    draft.value = { ...draft.value, ...fields }
    const asked = draft.value
    const found = await tryRole(asked).catch(() => [])
    if (draft.value !== asked) return
    refused.clear()
    for (const { field, reason } of found) refused.set(questionAbout(field), reason)
  }
  const answer = (question: Question, key: string): Promise<void> =>
    draft.value ? change(withAnswer(draft.value, question, key)) : Promise.resolve()

  async function submit(): Promise<void> {
    const [role, now] = [chosen.value, draft.value]
    if (!role || !now || !count.value || refused.size) return
    if (await save(() => saveRole(role.key, now))) await load()
  }
  /** A new role with the answers of another one, or of agents. */
  async function make(name: string, from?: RoleColumn): Promise<boolean> {
    const start = from ?? roles.value.find((role) => role.key === 'agent')
    const gives = new Set(QUESTIONS.flatMap((one) => (one.fixed ? [] : one.answers.flatMap((each) => each.gives))))
    const fields = {
      name,
      sight: start?.sight ?? 'inboxes',
      inbox_ids: start?.inbox_ids ?? null,
      capabilities: start?.capabilities.filter((one) => gives.has(one)) ?? [],
    }
    let made: RoleColumn | undefined
    if (!(await save(async () => (made = await createRole(fields)), ''))) return false
    await router.replace({ params: { ...route.params, role: made!.key } })
    await load()
    return true
  }
  async function remove(role: RoleColumn, moveTo?: string): Promise<boolean> {
    if (!(await save(() => removeRole(role.key, moveTo), t('roles.removed', { name: role.name })))) return false
    await router.replace({ params: { ...route.params, role: '' } })
    await load()
    return true
  }
  onBeforeRouteLeave(() => {
    if (!count.value) return true
    toast(t('roles.save_first'))
    return false
  })

  return {
    roles,
    failed,
    chosen,
    draft,
    changes,
    count,
    refused,
    busy,
    about,
    load,
    choose,
    change,
    answer,
    discard,
    submit,
    make,
    remove,
  }
}
