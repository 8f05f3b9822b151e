// What happened in a conversation, in the reader's language: the server keeps the kind and its variables beside the text.
import type { Message } from '@/api/models'
import { knows, t } from '@/i18n'

/** The line of an activity; as it was written where its kind is not known here. */
export function activityLine(message: Message): string {
  const { activity: kind, variables } = message.additional_attributes
  const key = `activity.${String(kind).replace('.', '_')}`
  if (!variables || typeof variables !== 'object' || Array.isArray(variables) || !knows(key))
    return message.content ?? ''
  const shown: Record<string, unknown> = { ...variables }
  for (const name of ['old', 'new']) if (name in shown) shown[name] = t(`priority.${String(shown[name])}`).toLowerCase()
  return t(key, shown)
}
