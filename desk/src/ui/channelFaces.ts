// How a badge learns what a channel looks like: whoever knows the channels provides it.
import type { InjectionKey } from 'vue'

export type FaceOf = (channelType: string) => { icon: string; colour: string } | undefined
export const CHANNEL_FACES: InjectionKey<FaceOf> = Symbol('channel faces')
