// What a voice note is recorded in, and how its length is shown. Pure.

export interface VoiceFormat {
  type: string
  extension: string
}
/** Best first: small, and played by browsers and phones alike. */
const FORMATS: VoiceFormat[] = [
  { type: 'audio/mp4;codecs=mp4a.40.2', extension: 'm4a' },
  { type: 'audio/mp4', extension: 'm4a' },
  { type: 'audio/ogg;codecs=opus', extension: 'oga' },
  { type: 'audio/webm;codecs=opus', extension: 'weba' },
]

/** The first that this browser records; nothing where it must choose by itself. */
export const pickFormat = (can: (type: string) => boolean): VoiceFormat | undefined =>
  FORMATS.find((one) => can(one.type))

/** "0:07", "12:30". */
export const spoken = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`

/** Whether this browser can record at all: an old one, or a page without encryption, cannot. */
export const canRecord = (): boolean => typeof MediaRecorder !== 'undefined' && !!navigator.mediaDevices?.getUserMedia
