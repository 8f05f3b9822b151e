// The conversation that is probably opened next: the hand rests on its row, or goes down the list.
import { shallowRef } from 'vue'

import type { Id } from '@/api/models'

/** What the list expects; the thread draws it where nobody sees it, so that a switch has little left to do. */
export const ahead = shallowRef<Id>()
