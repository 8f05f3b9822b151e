import { describe, expect, it } from 'vitest'

import { aConversation } from '@/testing/samples'

import { asksFor, ASKS, contextOf, frameOf } from './framing'

const desk = { origin: 'https://desk.example', protocol: 'https:' }

describe('X-03 a page that is framed beside a conversation', () => {
  it('is told in the shape of the contract', () => {
    const conversation = aConversation({ id: 41 })
    const agent = { id: 7, name: 'Ana', email: 'ana@acme.example', access_token: 'secret' }
    const told = JSON.parse(contextOf(conversation, agent)) as { event: string; data: Record<string, { id: number }> }
    expect(told.event).toBe('appContext')
    expect(told.data.conversation?.id).toBe(41)
    expect(told.data.contact?.id).toBe(conversation.meta.sender.id)
    expect(told.data.currentAgent).toEqual({ id: 7, name: 'Ana', email: 'ana@acme.example' })
  })
  it('is heard from its own window and origin alone', () => {
    const frame = frameOf('https://orders.example/panel', desk)
    const window = {} as Window
    const event = { source: window, origin: 'https://orders.example', data: ASKS } as MessageEvent
    expect(asksFor(frame, window, event)).toBe(true)
    expect(asksFor(frame, {}, event)).toBe(false)
    expect(asksFor(frame, null, { ...event, source: null } as MessageEvent)).toBe(false)
    expect(asksFor(frame, window, { ...event, source: window, origin: 'https://evil.example' } as MessageEvent)).toBe(
      false,
    )
    expect(asksFor(frame, window, { source: window, origin: frame.origin, data: 'other' } as MessageEvent)).toBe(false)
  })
  it('speaks to its own origin; one of ours loses it', () => {
    expect(frameOf('https://orders.example/panel', desk)).toMatchObject({ target: 'https://orders.example' })
    const own = frameOf('https://desk.example/app/', desk)
    expect(own.sandbox).not.toContain('allow-same-origin')
    expect(own.origin).toBe('null')
    expect(frameOf('https://orders.example/', desk).sandbox).toContain('allow-same-origin')
    expect(frameOf('https://orders.example/', desk).sandbox).not.toContain('allow-top-navigation')
  })
  it('needs https in a desk that has it', () => {
    expect(frameOf('http://orders.example/', desk).insecure).toBe(true)
    expect(frameOf('http://orders.example/', { origin: 'http://x', protocol: 'http:' }).insecure).toBe(false)
  })
})
