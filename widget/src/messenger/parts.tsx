/** Small pieces that several views share. */
import type { ComponentChildren, VNode } from 'preact'
import { useId } from 'preact/hooks'
import { Icon } from './icons'
import type { Sender } from './types'

export const nameOf = (sender: Pick<Sender, 'name' | 'available_name'> | null | undefined): string =>
  sender?.available_name || sender?.name || ''

/** A picture, or initials. An ornament: the name stands beside it. */
export function Face({ name, picture }: { name: string; picture?: string | undefined }): VNode {
  if (picture) return <img class="face" src={picture} alt="" />
  const initials = name
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => [...word][0]!.toUpperCase())
  return (
    <span class="face" aria-hidden="true">
      {[initials[0], initials.length > 1 ? initials.at(-1) : '']}
    </span>
  )
}

interface FieldProps {
  label: string
  error?: string | undefined
  children: (attributes: { id: string; 'aria-invalid'?: true; 'aria-describedby'?: string }) => ComponentChildren
}

/** A labelled control with what is wrong with it. */
export function Field({ label, error, children }: FieldProps): VNode {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, ...(error ? { 'aria-invalid': true as const, 'aria-describedby': `${id}e` } : {}) })}
      {error && (
        <p class="err" id={`${id}e`}>
          <Icon name="alert" size={13} />
          {error}
        </p>
      )}
    </div>
  )
}

interface TextBoxProps {
  type: string
  value: string
  put: (value: string) => void
  [attribute: string]: unknown
}

/** A line of text of any type. Preact's types want one element for each type of input. */
export function TextBox({ put, ...attributes }: TextBoxProps): VNode {
  const all: object = {
    ...attributes,
    onInput: (event: InputEvent) => put((event.currentTarget as HTMLInputElement).value),
  }
  return <input {...all} />
}
