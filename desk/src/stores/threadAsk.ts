// What the palette asks of the thread that is open: what only it can do, by the names its own menus use.
import { ref } from 'vue'

export type ThreadAsk = 'custom' | 'remind' | 'transcript' | 'print'
export const threadAsk = ref<ThreadAsk>()
