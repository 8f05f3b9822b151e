import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { Conversation, Message, User } from '@/api/models'
import { aConversation } from '@/testing/samples'

import { useOwn } from './own'
import { useSession } from './session'
import { areQuietHours, concerns, hearMessage, isQuiet, QUIET_MS, soundSettings } from './sounds'

describe('T-01 sounds', () => {
  it('are silent until chosen, and whatever else is kept', () => {
    expect(soundSettings(undefined)).toEqual({ tones: {}, whose: 'mine' })
    expect(
      soundSettings({ tones: { message: 'bell', mention: 'trumpet', conversation_reminder: 'drop' }, whose: 'x' }),
    ).toEqual({
      tones: { message: 'bell', conversation_reminder: 'drop' },
      whose: 'mine',
    })
    expect(soundSettings('loud').tones).toEqual({})
  })
  it('come once for a conversation in ten seconds', () => {
    const kept = new Map<string, string>()
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    }
    expect(isQuiet(1, 100_000, storage)).toBe(false)
    expect(isQuiet(1, 100_000 + QUIET_MS - 1, storage)).toBe(true)
    expect(isQuiet(2, 100_001, storage)).toBe(false)
    expect(isQuiet(1, 100_000 + QUIET_MS, storage)).toBe(false)
  })
  it('keep to the quiet hours of where one is, also past midnight', () => {
    const at = (clock: string) => new Date(`2026-12-03T${clock}:00-03:00`)
    const night = { quiet_from: '22:00', quiet_until: '08:00', timezone: 'America/Santiago' }
    const quiet = (clock: string) => areQuietHours(at(clock), night)
    expect(['21:59', '22:00', '00:00', '07:59', '08:00'].map(quiet)).toEqual([false, true, true, true, false])
    expect(areQuietHours(at('13:30'), { ...night, quiet_from: '13:00', quiet_until: '14:00' })).toBe(true)
    expect(areQuietHours(at('14:00'), { ...night, quiet_from: '13:00', quiet_until: '14:00' })).toBe(false)
    expect(areQuietHours(at('23:00'), { ...night, quiet_from: '', quiet_until: '' })).toBe(false)
  })
  it("leave out colleagues' conversations unless all are asked for", () => {
    const of = (assignee?: number) => ({ meta: { assignee: assignee ? { id: assignee } : undefined } }) as Conversation
    expect(concerns(of(7), 'mine', 7)).toBe(true)
    expect(concerns(of(), 'mine', 7)).toBe(true)
    expect(concerns(of(8), 'mine', 7)).toBe(false)
    expect(concerns(of(8), 'all', 7)).toBe(true)
  })
})

describe('C-18 a conversation that is muted', () => {
  const voices: string[] = []
  beforeEach(() => {
    setActivePinia(createPinia())
    localStorage.clear()
    voices.length = 0
    const settings = { sounds: { tones: { message: 'bell' }, whose: 'all' } }
    useSession().user = { id: 2, accounts: [], ui_settings: settings } as unknown as User
    const param = { setValueAtTime: () => undefined, exponentialRampToValueAtTime: () => undefined }
    const node = { gain: param, frequency: {}, connect: () => node, start: () => voices.push('voice'), stop: () => 0 }
    vi.stubGlobal(
      'AudioContext',
      class {
        state = 'running'
        currentTime = 0
        createOscillator = () => node
        createGain = () => node
      },
    )
  })
  afterEach(() => vi.unstubAllGlobals())
  const says = (id: number): void => {
    const now = Date.now() / 1000
    hearMessage({ message_type: 0, created_at: now } as Message, aConversation({ id, created_at: now - 600 }))
  }

  it('sounds no tone, and the others go on sounding', () => {
    useOwn().own = { ...useOwn().own, alerts: { 7: 'nothing' } }
    says(7)
    expect(voices).toEqual([])
    says(8)
    expect(voices.length).toBeGreaterThan(0)
  })
})
