// A short, soft sound when something comes in while the desk is open: which, is each member's choice.
import type { Conversation, Id, Message, Own } from '@/api/models'

import { useConversations } from './conversations'
import { useOwn } from './own'
import { useSession } from './session'

export const TONES = ['bell', 'drop', 'wood'] as const
export type Tone = (typeof TONES)[number]
/** Whose conversations sound: those that are mine, or all that I see. */
export type Whose = 'mine' | 'all'

export interface SoundSettings {
  /** By what happened: `message`, `conversation`, or what a kind of notification says of itself. Silent where none is. */
  tones: Record<string, Tone>
  whose: Whose
}

export const QUIET_MS = 10_000
/** What came while the desk was away is told by its numbers; a sound is for what comes now. */
const NEWS_SECONDS = 60
const INCOMING = 0

const isTone = (value: unknown): value is Tone => TONES.some((tone) => tone === value)

/** What is kept, whatever else stands in the settings. */
export function soundSettings(kept: unknown): SoundSettings {
  const given = (typeof kept === 'object' && kept !== null ? kept : {}) as Record<string, unknown>
  const tones = (typeof given.tones === 'object' && given.tones !== null ? given.tones : {}) as Record<string, unknown>
  return {
    tones: Object.fromEntries(Object.entries(tones).filter((one): one is [string, Tone] => isTone(one[1]))),
    whose: given.whose === 'all' ? 'all' : 'mine',
  }
}

/** Whether a customer's message is for my ears. */
export function concerns(conversation: Conversation, whose: Whose, me: Id | undefined): boolean {
  const assignee = conversation.meta.assignee?.id
  return whose === 'all' || assignee === undefined || assignee === me
}

/** Whether nothing is to sound now, by the clock where the user is. The hours may reach past midnight. */
export function areQuietHours(now: Date, hours: Pick<Own, 'quiet_from' | 'quiet_until' | 'timezone'>): boolean {
  const { quiet_from: from, quiet_until: until, timezone } = hours
  if (!from || !until) return false
  const clock = now.toLocaleTimeString('en-GB', { timeZone: timezone, hour: '2-digit', minute: '2-digit' })
  return from < until ? from <= clock && clock < until : clock >= from || clock < until
}

/** Remembers when each conversation sounded last, in every window of this browser. */
export function isQuiet(id: Id, now: number, kept: Pick<Storage, 'getItem' | 'setItem'>): boolean {
  const name = `sounded:${id}`
  if (now - Number(kept.getItem(name) ?? 0) < QUIET_MS) return true
  kept.setItem(name, String(now))
  return false
}

// ── what it sounds like: frequency in Hz, beginning and length in seconds ─────────────────────────────
type Note = [frequency: number, at: number, length: number, shape: OscillatorType]
const SCORES: Record<Tone, Note[]> = {
  bell: [
    [880, 0, 0.5, 'sine'],
    [1318.5, 0.09, 0.6, 'sine'],
  ],
  drop: [
    [1046.5, 0, 0.12, 'sine'],
    [698.5, 0.08, 0.22, 'sine'],
  ],
  wood: [
    [523.3, 0, 0.07, 'triangle'],
    [392, 0.1, 0.1, 'triangle'],
  ],
}
const LOUDNESS = 0.12
let device: AudioContext | undefined

export async function play(tone: Tone): Promise<void> {
  device ??= new AudioContext()
  // Browsers keep a page silent until it was touched.
  if (device.state === 'suspended') await device.resume()
  const start = device.currentTime
  for (const [frequency, at, length, shape] of SCORES[tone]) {
    const voice = device.createOscillator()
    const fade = device.createGain()
    voice.type = shape
    voice.frequency.value = frequency
    fade.gain.setValueAtTime(LOUDNESS, start + at)
    fade.gain.exponentialRampToValueAtTime(0.001, start + at + length)
    voice.connect(fade).connect(device.destination)
    voice.start(start + at)
    voice.stop(start + at + length)
  }
}

/** Sound it, unless that conversation is before the eyes, or sounded a moment ago. */
function ring(happening: string, id: Id): void {
  const tone = soundSettings(useSession().settings.sounds).tones[happening]
  if (!tone) return
  if (useConversations().openId === id && document.visibilityState === 'visible' && document.hasFocus()) return
  try {
    if (isQuiet(id, Date.now(), localStorage)) return
  } catch {
    // Without storage each window rings for itself.
  }
  void play(tone).catch(() => undefined)
}

export function hearMessage(message: Message, conversation: Conversation | undefined): void {
  if (message.message_type !== INCOMING || !conversation) return
  if (Date.now() / 1000 - message.created_at > NEWS_SECONDS) return
  const { own, levelOf } = useOwn()
  if (levelOf(conversation.id) !== 'all' || areQuietHours(new Date(), own)) return
  const session = useSession()
  const { whose } = soundSettings(session.settings.sounds)
  if (!concerns(conversation, whose, session.user?.id)) return
  ring(isFirst(message, conversation) ? 'conversation' : 'message', conversation.id)
}

/** The message that began it. */
function isFirst(message: Message, conversation: Conversation): boolean {
  return Math.abs(conversation.created_at - message.created_at) <= 1
}

/** Something the user was told of: the server knows who is to hear it, and when. */
export function hearTold(sound: string, id: Id): void {
  ring(sound, id)
}
