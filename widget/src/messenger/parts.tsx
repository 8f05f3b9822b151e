/** Small pieces that several views share. */
import type { ComponentChildren, VNode } from 'preact'
import { useId } from 'preact/hooks'
import { Icon } from './icons'
import type { Sender } from './types'

const TINTS = 6

export const nameOf = (sender: Pick<Sender, 'name' | 'available_name'> | null | undefined): string =>
  sender?.available_name || sender?.name || ''

function initialsOf(name: string): string {
  const letters = name
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => [...word][0]!.toUpperCase())
  return (letters[0] ?? '') + (letters.length > 1 ? letters.at(-1) : '')
}

/** The same person has the same tint everywhere. */
const tintOf = (name: string): number => [...name].reduce((sum, char) => sum + char.codePointAt(0)!, 0) % TINTS

/** A picture, or initials. An ornament: the name stands beside it. */
export function Face({
  name,
  picture,
  isHere,
}: {
  name: string
  picture?: string | undefined
  isHere?: boolean
}): VNode {
  return (
    <span class={`face tint${tintOf(name)}`} aria-hidden="true">
      {picture ? <img src={picture} alt="" /> : initialsOf(name)}
      {isHere && <i class="pres" />}
    </span>
  )
}

/** The company's logo, or its initials. */
export function Mark({ name, picture }: { name: string; picture: string }): VNode {
  return (
    <span class="mark" aria-hidden="true">
      {picture ? <img src={picture} alt="" /> : initialsOf(name)}
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
      <label for={id} dir="auto">
        {label}
      </label>
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
    // Empty, it follows the page: its placeholder is a word of ours.
    dir: attributes.value ? 'auto' : undefined,
    ...attributes,
    onInput: (event: InputEvent) => put((event.currentTarget as HTMLInputElement).value),
  }
  return <input {...all} />
}
