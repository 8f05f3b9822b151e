import { describe, expect, it } from 'vitest'

import type { Check, Found, Health } from '@/stores/health'

import { checksOf, detailsOf, reportOf, trafficOf, verdictOf } from './health'

const found = (more: Partial<Found> = {}): Found => ({
  key: '',
  state: 'well',
  name: 'Disco',
  code: 'fine',
  says: 'Hay espacio',
  hint: '',
  since: null,
  figures: [],
  acts: [],
  about: {},
  ...more,
})
const figures = (values: Record<string, number>) =>
  Object.entries(values).map(([name, value]) => ({ name, value, unit: 'count', labels: {} }))
const check = (name: string, group: string, ...rows: Found[]): Check => ({
  name,
  title: name,
  group,
  state: 'well',
  took_ms: 1,
  found: rows,
})
const health = (...checks: Check[]): Health => ({
  checked_at: '2026-12-01T10:00:00.000Z',
  took_ms: 3,
  state: 'well',
  version: '1.0',
  is_whole: true,
  look_again_seconds: 5,
  checks,
})
const say = (key: string, values?: Record<string, unknown>) => `${key}${values ? ` ${JSON.stringify(values)}` : ''}`

describe('the verdict', () => {
  it('is the worst fact, of equally bad ones the first, and counts the others', () => {
    const told = health(
      check('a', 'channels', found({ state: 'look', name: 'first' })),
      check('b', 'queues', found({ state: 'ill', name: 'second' }), found({ state: 'ill', name: 'third' })),
    )
    expect(verdictOf(told)).toMatchObject({ state: 'ill', worst: { name: 'second' }, others: 2 })
  })
  it('is well without a fact when all is well', () => {
    expect(verdictOf(health(check('a', 'channels', found())))).toEqual({ state: 'well', worst: undefined, others: 0 })
  })
})

describe('traffic', () => {
  it('adds up over rows, and says what it cannot explain', () => {
    const row = found({ figures: figures({ received: 5, processed: 2, ignored: 1, quarantined: 1, waiting: 1 }) })
    expect(trafficOf([row, row])).toMatchObject({ received: 10, processed: 4, unexplained: 0 })
    expect(trafficOf([found({ figures: figures({ received: 3, processed: 1 }) })]).unexplained).toBe(2)
  })
})

it('leaves out checks that found nothing', () => {
  expect(checksOf(health(check('a', 'queues'), check('b', 'queues', found())), 'queues')).toHaveLength(1)
})

it('says ages and sizes that there are, and the hint', () => {
  const one = found({ figures: figures({ oldest: 120, files_bytes: 0, database_bytes: 2048 }), hint: 'Espera.' })
  expect(detailsOf(one, say, 'es')).toBe(
    'health_page.figure.oldest {"value":"2 min"}. health_page.figure.database_bytes {"value":"2 KB"}. Espera.',
  )
})

it('reports states, codes and figures, and no name of a channel or a person', () => {
  const row = found({
    name: 'ventas@acme.example',
    says: 'Carla',
    about: { address: 'ventas@acme.example' },
    figures: [{ name: 'reader_waiting', value: 2, unit: 'count', labels: { consumer: 'search' } }],
  })
  const text = reportOf(health(check('channels', 'channels', row)))
  expect(text).toContain('channels well fine reader_waiting{search}=2')
  expect(text).not.toMatch(/acme|Carla/)
})
