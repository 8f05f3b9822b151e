// What a file in readers/ exports: for each thing that events are about, who shows it.
import type { DeskEvent, DeskNoun } from '@/api/models'

export type Reader<About extends DeskNoun> = (event: DeskEvent<About>) => void
export type Readers = { [About in DeskNoun]?: Reader<About> }
