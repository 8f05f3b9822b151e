// One try to save something: busy while it runs, and what the server refused, under its field or as a toast.
import { ref } from 'vue'

import { ApiError } from '@/api/client'
import { t } from '@/i18n'
import { toast } from '@/ui/toasts'

export function useAttempt() {
  const busy = ref(false)
  const problem = ref<ApiError>()

  /** Whether the act succeeded; a refusal that names no field is said in a toast. */
  async function attempt(act: () => Promise<unknown>): Promise<boolean> {
    busy.value = true
    problem.value = undefined
    try {
      await act()
      return true
    } catch (error) {
      if (error instanceof ApiError) {
        problem.value = error
        if (!Object.keys(error.fields).length) toast(t('common.save_failed', { reason: error.message }))
      } else toast(t('common.offline_save'))
      return false
    } finally {
      busy.value = false
    }
  }

  return { busy, problem, attempt }
}
