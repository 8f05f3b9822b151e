// What has no way back is done once its Undo has gone unused; until then it is only hidden.
import { toast } from '@/ui/toasts'

import { explain } from './acts'

/** `text` says what was done, `back` shows it again: when it is taken back, and when the server refuses. */
export function defer(text: string, act: () => Promise<unknown>, back: () => void): void {
  async function commit(): Promise<void> {
    try {
      await act()
    } catch (error) {
      back()
      explain(error)
    }
  }
  toast(text, back, () => void commit())
}
