// One way to save on every screen: busy while it lasts, the server's words under the fields, or in a toast where it names none.
import { ref } from 'vue'

import { ApiError } from '@/api/client'
import { t } from '@/i18n'
import { toast } from '@/ui/toasts'

/** `save` answers whether it succeeded; `said` is the toast that says so. */
export function useSaving() {
  const busy = ref(false)
  const problem = ref<ApiError>()

  async function save(act: () => Promise<unknown>, said = t('common.saved')): Promise<boolean> {
    busy.value = true
    problem.value = undefined
    try {
      await act()
      if (said) toast(said)
      return true
    } catch (error) {
      if (error instanceof ApiError) {
        if (error.code === 'proof_needed') return false // they turned away from the dialog
        problem.value = error
        if (!Object.keys(error.fields).length) toast(t('common.save_failed', { reason: error.message }))
      } else toast(t('common.offline_save'))
      return false
    } finally {
      busy.value = false
    }
  }

  const about = (field: string): string => problem.value?.about(field) ?? ''
  return { busy, problem, save, about }
}
