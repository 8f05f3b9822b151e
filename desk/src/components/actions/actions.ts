// Steps of a macro or a rule while they are written: by name in a form, by place on the wire. Pure.
import type { ActionField, ActionKind, Json, WireAction } from '@/api/models'

export interface Step {
  /** Tells steps apart while they move. */
  key: number
  name: string
  given: Record<string, Json>
}
let next = 1
export const newStep = (name: string, given: Record<string, Json> = {}): Step => ({ key: next++, name, given })

const isMany = (field: ActionField): boolean => field.type === 'array'
export const kindCalled = (kinds: readonly ActionKind[], name: string): ActionKind | undefined =>
  kinds.find((kind) => kind.name === name || kind.also_called.includes(name))

/** `action_params` by the names of the form: a list in their order; one of many takes the rest. */
export function stepOf(kinds: readonly ActionKind[], { action_name, action_params }: WireAction): Step {
  const kind = kindCalled(kinds, action_name)
  const rest = [...(action_params ?? [])]
  const given: Record<string, Json> = {}
  for (const [name, field] of Object.entries(kind?.form.properties ?? {})) {
    if (isMany(field)) given[name] = rest.splice(0)
    else if (rest.length) given[name] = rest.shift()!
  }
  return newStep(kind?.name ?? action_name, given)
}

export function wireOf(kinds: readonly ActionKind[], step: Step): WireAction {
  const params: Json[] = []
  for (const [name, field] of Object.entries(kindCalled(kinds, step.name)?.form.properties ?? {})) {
    const value = step.given[name]
    if (isMany(field)) params.push(...(Array.isArray(value) ? value : []))
    else params.push(value ?? null)
  }
  while (params.length && params.at(-1) === null) params.pop()
  return { action_name: step.name, action_params: params }
}

/** The same steps with the one at `from` at the place `to`. */
export function moved<T>(steps: readonly T[], from: number, to: number): T[] {
  const next = [...steps]
  if (from < 0 || from >= next.length || to < 0 || to >= next.length) return next
  const [one] = next.splice(from, 1)
  next.splice(to, 0, one!)
  return next
}
