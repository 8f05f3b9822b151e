import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'

import { Offline } from '@/api/client'
import type { Health } from '@/stores/health'

import { useHealth } from './useHealth'

const asked = vi.fn<() => Promise<Health>>()
const settle = () => vi.advanceTimersByTimeAsync(0)
const told = (seconds: number) => ({ look_again_seconds: seconds, checks: [] }) as unknown as Health

let scope: EffectScope
let page: ReturnType<typeof useHealth>
function open(): void {
  scope = effectScope()
  page = scope.run(() => useHealth(asked))!
}
function show(visible: boolean): void {
  Object.defineProperty(document, 'hidden', { configurable: true, value: !visible })
  document.dispatchEvent(new Event('visibilitychange'))
}

beforeEach(() => {
  vi.useFakeTimers()
  asked.mockReset()
})
afterEach(() => {
  scope.stop()
  show(true)
  vi.useRealTimers()
})

it('asks again when the server says that something could turn bad', async () => {
  asked.mockResolvedValueOnce(told(2)).mockResolvedValue(told(5))
  open()
  await settle()
  await vi.advanceTimersByTimeAsync(1_900)
  expect(asked).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(200)
  expect(asked).toHaveBeenCalledTimes(2)
})

it('asks nothing while nobody looks, and at once when somebody does', async () => {
  asked.mockResolvedValue(told(5))
  open()
  await settle()
  show(false)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked).toHaveBeenCalledTimes(1)
  show(true)
  await settle()
  expect(asked).toHaveBeenCalledTimes(2)
})

it('keeps what it knew while the server does not answer, and tries on', async () => {
  asked.mockResolvedValueOnce(told(5)).mockRejectedValueOnce(new Offline()).mockResolvedValue(told(5))
  open()
  await settle()
  await vi.advanceTimersByTimeAsync(5_000)
  expect([page.unreachable.value, page.health.value !== undefined]).toEqual([true, true])
  await vi.advanceTimersByTimeAsync(3_000)
  expect(page.unreachable.value).toBe(false)
})

it('ends with the page', async () => {
  asked.mockResolvedValue(told(5))
  open()
  await settle()
  scope.stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked).toHaveBeenCalledTimes(1)
})
