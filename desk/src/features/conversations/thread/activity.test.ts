import { afterEach, describe, expect, it } from 'vitest'

import { setLocale } from '@/i18n'
import { aMessage } from '@/testing/samples'

import { activityLine } from './activity'

const line = (activity: string, variables: Record<string, string>) =>
  aMessage({ message_type: 2, content: 'como se escribió', additional_attributes: { activity, variables } })

describe('activity lines (C-19)', () => {
  afterEach(() => setLocale('es'))

  it('are in the language of who reads, also the words inside them', async () => {
    const changed = line('priority_changed', { actor: 'Ana', old: 'low', new: 'urgent' })
    expect(activityLine(changed)).toBe('Ana cambió la prioridad de baja a urgente')
    await setLocale('en')
    expect(activityLine(changed)).toBe('Ana changed the priority from low to urgent')
    expect(activityLine(line('status.resolved', { actor: 'Ana' }))).toBe('Ana resolved the conversation')
  })

  it('stay as they were written where the kind is not known', () => {
    expect(activityLine(line('from_the_future', { actor: 'Ana' }))).toBe('como se escribió')
    expect(activityLine(aMessage({ message_type: 2, content: 'importada' }))).toBe('importada')
  })
})
