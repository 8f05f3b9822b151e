/** The form before the chat (W-04): nothing is sent until what is required is there and valid. */
import type { VNode } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { Messenger } from './messenger'
import { Field, TextBox } from './parts'
import { fieldsOf, introduction, trouble } from './prechat'
import type { State } from './state'
import { t, type Key } from './texts'
import type { PreChatField } from './types'

const MESSAGE: PreChatField = { name: 'message', required: true }
// The server's own labels in English; any other was written by the company.
const OURS: Record<string, [string, Key]> = {
  emailAddress: ['Email', 'email'],
  fullName: ['Name', 'name'],
  phoneNumber: ['Phone', 'phone'],
}
const TYPES: Record<string, string> = { email: 'email', number: 'number', link: 'url', date: 'date' }
const FILL: Record<string, string> = { emailAddress: 'email', fullName: 'name', phoneNumber: 'tel' }

function labelOf(field: PreChatField): string {
  const ours = OURS[field.name]
  const label = ours && (!field.label || field.label === ours[0]) ? t(ours[1]) : field.label || field.name
  return field.required ? label : `${label} (${t('optional')})`
}

export default function PreChatForm({ messenger, state }: { messenger: Messenger; state: State }): VNode {
  const fields = fieldsOf(state.channel, state.visitor, state.isIdentified)
  const [values, setValues] = useState<Record<string, string>>({})
  const [isTried, setTried] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const wrong = (field: PreChatField): string | undefined => {
    const found = isTried ? trouble(field, values[field.name] ?? '') : null
    return found ? (typeof found === 'string' ? t(found) : found.cue) : undefined
  }
  const put = (name: string, value: string): void => setValues((known) => ({ ...known, [name]: value }))

  const submit = (event: Event): void => {
    event.preventDefault()
    setTried(true)
    if ([...fields, MESSAGE].some((field) => trouble(field, values[field.name] ?? ''))) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus())
    } else messenger.say(values.message ?? '', introduction(fields, values))
  }
  return (
    <form class="form" ref={form} onSubmit={submit} noValidate>
      {state.channel.preChatFormOptions.pre_chat_message && (
        <p dir="auto">{state.channel.preChatFormOptions.pre_chat_message}</p>
      )}
      {fields.map((field) => (
        <Field key={field.name} label={labelOf(field)} error={wrong(field)}>
          {(attributes) => (
            <Control
              field={field}
              value={values[field.name] ?? ''}
              put={(value) => put(field.name, value)}
              attributes={attributes}
            />
          )}
        </Field>
      ))}
      <Field label={t('message')} error={wrong(MESSAGE)}>
        {(attributes) => (
          <textarea
            {...attributes}
            required
            rows={3}
            dir={values.message ? 'auto' : undefined}
            maxLength={150000}
            value={values.message ?? ''}
            onInput={(event) => put('message', event.currentTarget.value)}
          />
        )}
      </Field>
      <button class="btn solid">{t('start')}</button>
    </form>
  )
}

interface ControlProps {
  field: PreChatField
  value: string
  put: (value: string) => void
  attributes: Record<string, string | boolean>
}

function Control({ field, value, put, attributes }: ControlProps): VNode {
  const shared = { ...attributes, required: Boolean(field.required) }
  if (field.type === 'list') {
    return (
      <select {...shared} value={value} onChange={(event) => put(event.currentTarget.value)}>
        <option value="">{field.placeholder || t('choose')}</option>
        {(field.values ?? []).map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    )
  }
  if (field.type === 'checkbox') {
    return (
      <input
        {...shared}
        type="checkbox"
        checked={value === 'true'}
        onChange={(event) => put(event.currentTarget.checked ? 'true' : '')}
      />
    )
  }
  return (
    <TextBox
      {...shared}
      type={field.name === 'phoneNumber' ? 'tel' : (TYPES[field.type ?? ''] ?? 'text')}
      autocomplete={FILL[field.name] ?? 'off'}
      placeholder={field.placeholder ?? ''}
      value={value}
      put={put}
    />
  )
}
