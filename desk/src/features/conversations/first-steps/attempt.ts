// Something that a step asks of the server: busy meanwhile, and what was refused in words.
import { ref } from 'vue'

import { ApiError } from '@/api/client'
import { t } from '@/i18n'

export function useAttempt() {
  const busy = ref(false)
  const problem = ref('')
  async function attempt(act: () => Promise<unknown>): Promise<boolean> {
    busy.value = true
    problem.value = ''
    try {
      await act()
      return true
    } catch (error) {
      problem.value = error instanceof ApiError ? error.message : t('common.server_silent')
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, attempt }
}
