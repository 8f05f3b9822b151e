// A canned response while it is written: its fields, its files on their way, and saving it.
import { computed, reactive, ref } from 'vue'
import { useI18n } from 'vue-i18n'

import type { CannedResponse } from '@/api/models'
import { saveCanned, type CannedFields } from '@/stores/canned'
import { useCollections } from '@/stores/collections'
import { useSession } from '@/stores/session'

import { useSaving } from '@/components/useSaving'
import { sampleValues } from './variables'

export interface KeptFile {
  id: string
  name: string
  size: number
}

export function useCannedForm(canned: CannedResponse | undefined, folder: string) {
  const { t } = useI18n()
  const session = useSession()
  const collections = useCollections()
  const { busy, save, about } = useSaving()
  const fields = reactive({
    short_code: canned?.short_code ?? '',
    title: canned?.title ?? '',
    content: canned?.content ?? '',
    folder: canned?.folder ?? folder,
    language: canned?.language ?? '',
    variants: { ...canned?.variants } as Record<string, string>,
    visibility: canned?.visibility ?? ('account' as CannedResponse['visibility']),
    team_id: canned?.team_id ?? null,
  })
  const files = ref<KeptFile[]>(
    (canned?.files ?? []).map((one) => ({ id: one.signed_id, name: one.filename, size: one.size })),
  )

  const coming = ref<string[]>([])

  async function submit(): Promise<boolean> {
    const given: CannedFields = {
      ...fields,
      short_code: fields.short_code.trim().replace(/^\//, ''),
      files: files.value.map((one) => one.id),
    }
    // Whose it is stays untouched unless someone says otherwise: a team's may be of a team one is not in.
    if (canned && fields.visibility === canned.visibility && fields.team_id === canned.team_id) {
      delete given.visibility
      delete given.team_id
    } else if (fields.visibility !== 'team') given.team_id = null
    return save(() => saveCanned(canned?.id, given))
  }
  const sample = computed(() =>
    sampleValues({
      customer: t('canned.sample'),
      email: t('canned.sample_email'),
      agent: session.user?.available_name ?? '',
      inbox: collections.inboxes[0]?.name ?? '',
      account: session.account?.name ?? '',
      attributes: collections.definitions.map((one) => ({
        key: one.attribute_key,
        name: one.attribute_display_name,
        ofContact: one.attribute_model === 'contact_attribute',
      })),
    }),
  )
  return { fields, files, coming, busy, about, submit, sample }
}
