// Small whole objects for tests.
import type { Contact, Conversation, Message } from '@/api/models'

// Half-given on purpose: what a test does not name does not matter to it.
type Deep<T> = { [K in keyof T]?: NonNullable<T[K]> extends object ? Deep<NonNullable<T[K]>> : T[K] }

export function aMessage(fields: Partial<Message> = {}): Message {
  return {
    id: 1,
    content: 'Hola',
    inbox_id: 1,
    conversation_id: 1,
    message_type: 0,
    content_type: 'text',
    status: 'sent',
    content_attributes: {},
    additional_attributes: {},
    created_at: 100,
    private: false,
    source_id: null,
    version: 1,
    ...fields,
  }
}

export function aConversation(fields: Deep<Conversation> = {}): Conversation {
  const base = {
    id: 1,
    uuid: 'u',
    account_id: 1,
    inbox_id: 1,
    status: 'open',
    priority: null,
    labels: [],
    muted: false,
    can_reply: true,
    unread_count: 0,
    snoozed_until: null,
    created_at: 1,
    last_activity_at: 1,
    waiting_since: 0,
    service_level: null,
    first_reply_created_at: 0,
    agent_last_seen_at: 0,
    contact_last_seen_at: 0,
    additional_attributes: {},
    custom_attributes: {},
    version: 1,
    messages: [],
    last_non_activity_message: null,
  }
  const meta = {
    sender: { id: 1, name: 'Carla' },
    channel: 'Channel::WebWidget',
    hmac_verified: false,
    ...(fields.meta ?? {}),
  }
  return { ...base, ...fields, meta } as unknown as Conversation
}

export function aContact(fields: Partial<Contact> = {}): Contact {
  return {
    id: 1,
    name: 'Carla',
    thumbnail: '',
    email: null,
    phone_number: null,
    identifier: null,
    contact_type: 'visitor',
    availability_status: 'offline',
    blocked: false,
    labels: [],
    created_at: 1,
    last_activity_at: 1,
    additional_attributes: {},
    custom_attributes: {},
    ...fields,
  }
}
