// What a form that the server described shows, takes and sends.
import type { Choice, Field, Schema, State, Step, TestPlan, Use, Values } from '@/api/forms'

export type Tool = <T>(name: string, use: Use) => Promise<T>

export interface Block {
  key: string
  title?: string
  columns: number
  fields: [string, Field][]
}

const isOn = (field: Field, name: string, state: State, values: Values): boolean =>
  !(field.on && field.on !== state) &&
  !(field.when && values[field.when] !== true) &&
  !(field.readOnly && (state === 'new' || !values[name]))

/** What is shown now, in its order: neighbours of one group together, two halves in a line, the rest one by one. */
export function blocksOf(schema: Schema, state: State, values: Values): Block[] {
  const blocks: Block[] = []
  for (const [name, field] of Object.entries(schema.properties)) {
    if (!isOn(field, name, state, values)) continue
    const group = field.group ? schema.groups?.[field.group] : undefined
    const columns = group?.columns ?? (field.half ? 2 : 1)
    const key = group ? `group ${field.group}` : field.half ? 'half' : name
    const last = blocks.at(-1)
    if (last?.key.startsWith(key) && columns === 2 && (group || last.fields.length < 2)) last.fields.push([name, field])
    else blocks.push({ key: group ? key : `${key} ${name}`, title: group?.title, columns, fields: [[name, field]] })
  }
  return blocks
}

/** What is sent: nothing that is only shown, and no secret that no one typed, so that the kept one stays. */
export function sentOf(schema: Schema, state: State, values: Values): Values {
  return Object.fromEntries(
    Object.entries(schema.properties)
      .filter(([name, field]) => !field.readOnly && !(field.on && field.on !== state) && name in values)
      .filter(([name, field]) => !(field.secret && !values[name]))
      .map(([name]) => [name, values[name]]),
  )
}

export const optionsOf = (field: Field): { value: string | number; label: string }[] | undefined =>
  field.oneOf?.map((one) => ({ value: one.const, label: one.title })) ??
  field.enum?.map((value, index) => ({ value, label: field.enumTitles?.[index] ?? String(value) }))

export const listed = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)

/** The values of a choice, with what it leaves blank taken from other fields. */
export function filledWith(given: Values, schema: Schema, values: Values): Values {
  const blank = schema.presets?.blank ?? {}
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value === '' && blank[name] ? values[blank[name]] : value]),
  )
}

/** Whether nothing that a person typed would be lost by filling these in; a switch or what follows another is no loss. */
export function mayFill(given: Values, schema: Schema, typed: ReadonlySet<string>): boolean {
  const blank = schema.presets?.blank ?? {}
  return !Object.entries(given).some(
    ([name, value]) => typeof value === 'string' && typed.has(name) && !(name in blank),
  )
}

/** The choice that the values come from, as far as one can tell. */
export function choiceOf(schema: Schema, values: Values): string {
  const isIt = ({ values: given }: Choice) => {
    const [name, value] = Object.entries(given).find(([, one]) => typeof one === 'string' && one) ?? []
    return name !== undefined && values[name] === value
  }
  return schema.presets?.choices.find(isIt)?.key ?? ''
}

/** What a test will do with these values, in its order. */
export function plannedSteps(plan: TestPlan, values: Values): Step[] {
  return plan.steps
    .filter((step) => step.when.every((name) => values[name] === true))
    .map(({ name, title }) => ({ name, title, state: 'pending', reason: '' }))
}

/** The plan with what is known so far; `running` marks the next one while the test continues. */
export function withResults(plan: Step[], known: Step[], goesOn: boolean): Step[] {
  const steps = plan.map((step) => ({ ...step, ...known.find((one) => one.name === step.name) }))
  const next = steps.find((step) => step.state === 'pending' || step.state === 'waiting')
  return goesOn && next ? steps.map((step) => (step === next ? { ...step, state: 'running' } : step)) : steps
}
