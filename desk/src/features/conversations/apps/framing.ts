// What a framed page is told and what it may ask (contract F.23), and how it is kept from being more than a page. Pure.
import type { Conversation, User } from '@/api/models'

/** What a page says to be told again. */
export const ASKS = 'chatwoot-dashboard-app:fetch-info'

export interface Frame {
  url: string
  origin: string
  sandbox: string
  /** Whom the message is for: the page's own origin, so that one it was led to hears nothing. */
  target: string
  /** Our desk is encrypted and the page is not: browsers do not show it. */
  insecure: boolean
  host: string
}

const MAY = 'allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads allow-modals'

export function frameOf(url: string, desk: { origin: string; protocol: string }): Frame {
  const { origin, protocol, host } = new URL(url)
  // A page of our own origin that kept it could do all that the desk can.
  const isOwn = origin === desk.origin
  return {
    url,
    host,
    origin: isOwn ? 'null' : origin,
    target: isOwn ? '*' : origin,
    sandbox: isOwn ? MAY : `${MAY} allow-same-origin`,
    insecure: desk.protocol === 'https:' && protocol === 'http:',
  }
}

export function contextOf(conversation: Conversation, agent: Pick<User, 'id' | 'name' | 'email'> | undefined): string {
  return JSON.stringify({
    event: 'appContext',
    data: {
      conversation,
      contact: conversation.meta.sender,
      currentAgent: agent && { id: agent.id, name: agent.name, email: agent.email },
    },
  })
}

/** Whether the page of this frame, and no other, asks for what it is told. */
export function asksFor(
  frame: Frame,
  window: unknown,
  event: Pick<MessageEvent, 'source' | 'origin' | 'data'>,
): boolean {
  return window !== null && event.source === window && event.origin === frame.origin && event.data === ASKS
}
