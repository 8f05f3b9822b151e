// A form as the server describes it: JSON Schema, with a few words of our own (docs/howto/add-a-channel.md lists them).

export type Values = Record<string, unknown>
/** A form for something to be made, that is there, or that was made a moment ago. */
export type State = 'new' | 'kept' | 'made'

export interface Field {
  type: string
  title?: string
  description?: string
  format?: string
  enum?: (string | number)[]
  enumTitles?: string[]
  oneOf?: { const: string | number; title: string }[]
  examples?: string[]
  minimum?: number
  maximum?: number
  readOnly?: boolean
  /** Sealed: never shown again, and kept when nothing is typed. */
  secret?: boolean
  multiline?: boolean
  /** The part of the form it stands in. */
  group?: string
  /** The switch that must be on. */
  when?: string
  /** Where it is shown, if not everywhere. */
  on?: State
  /** Beside its neighbour that is half as wide too. */
  half?: boolean
  /** Must be filled in wherever it is shown. */
  needed?: boolean
  /** Has the same value as that field until someone types another. */
  follows?: string
  autocomplete?: string
}
export interface Choice {
  key: string
  title: string
  values: Values
  hint?: string
  sign_in?: string
}
export interface Step {
  name: string
  state: 'pending' | 'running' | 'ok' | 'failed' | 'waiting'
  reason: string
  title?: string
}
export interface TestPlan {
  title: string
  hint?: string
  tools: { tool: string; when: string[]; repeats?: boolean }[]
  steps: { name: string; title: string; when: string[] }[]
}
export interface Schema {
  properties: Record<string, Field>
  required?: string[]
  groups?: Record<string, { title: string; columns?: number }>
  /** A part of the screen for itself. */
  part?: { title: string; save?: string }
  /** Sets of values to choose from. `blank`: where a set says nothing, the value of that other field. */
  presets?: { title: string; other: string; after: string; blank?: Record<string, string>; choices: Choice[] }
  /** The tool that finds values for what was typed. */
  finder?: { tool: string; from: string; busy: string }
  test?: TestPlan
  /** Where people can sign in instead of typing a password. */
  sign_in?: string[]
}
/** What a finder or a tool is asked with. */
export interface Use {
  input?: Values
  channel?: Values
}
