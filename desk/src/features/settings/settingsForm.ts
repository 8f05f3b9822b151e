// The form of what an inbox or the account has of its own, as the server declares it.
import { api } from '@/api/client'
import type { Schema } from '@/components/schema/schema'

export const settingsForm = (base: string): Promise<Schema> => api.get<Schema>(`${base}/settings_form`)

/** The fields of one part of the screen. */
export const partOf = (schema: Schema, group: string): Schema => ({
  properties: Object.fromEntries(Object.entries(schema.properties).filter(([, field]) => field.group === group)),
})
