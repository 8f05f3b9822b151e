import { describe, expect, it } from 'vitest'

import type { Notification } from '@/api/models'
import { aConversation } from '@/testing/samples'

import { told } from './told'

const ME = 7
const notice = (kind: string, fields: Partial<Notification> = {}, assignee?: { id: number; available_name: string }) =>
  told(
    {
      id: 1,
      notification_type: kind,
      push_message_title: 'Conversación #4',
      primary_actor: aConversation({ id: 4, meta: { sender: { id: 1, name: 'Carla' }, assignee } }),
      read_at: null,
      created_at: 1,
      last_activity_at: 1,
      ...fields,
    } as Notification,
    ME,
  )
const diego = { id: 3, name: 'Diego S', available_name: 'Diego', thumbnail: 'd.png' }

describe('the words of the bell (A-13, N-05)', () => {
  it('say who gave me the conversation, and with whom it is', () => {
    const mine = { id: ME, available_name: 'Ana' }
    expect(notice('conversation_assignment', { secondary_actor: diego }, mine)).toEqual({
      who: 'Diego',
      picture: 'd.png',
      did: 'te asignó la conversación con Carla',
      text: '',
    })
    const own = { id: ME, name: 'Ana', available_name: 'Ana' }
    expect(notice('conversation_assignment', { secondary_actor: own }, mine).did).toBe('ahora es tuya')
    expect(notice('conversation_assignment', {}, mine)).toMatchObject({ who: 'Carla', did: 'ahora es tuya' })
  })

  it('say who has taken it from me', () => {
    const eva = { id: 9, available_name: 'Eva' }
    expect(notice('conversation_assignment', { secondary_actor: diego }, eva).did).toBe(
      'pasó a Eva tu conversación con Carla',
    )
    expect(notice('conversation_assignment', { secondary_actor: diego }).did).toBe('te quitó la conversación con Carla')
  })

  it('bring the words of a message without its marks', () => {
    const message = { id: 5, content: '[@Ana](mention://user/7/Ana) **mira**', sender: diego }
    expect(notice('conversation_mention', { secondary_actor: message })).toMatchObject({
      who: 'Diego',
      did: 'te mencionó (Carla)',
      text: '@Ana mira',
    })
    const photo = { id: 6, content: null, attachments: [{}], sender: { id: 1, name: 'Carla' } }
    expect(notice('assigned_conversation_new_message', { secondary_actor: photo })).toMatchObject({
      who: 'Carla',
      did: 'escribió',
      text: 'Archivo',
    })
    const answer = { id: 8, content: 'Va', sender: diego }
    expect(notice('participating_conversation_new_message', { secondary_actor: answer })).toMatchObject({
      who: 'Diego',
      did: 'escribió a Carla',
    })
  })
})
