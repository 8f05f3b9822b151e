// What is wrong with a field in our own words, below it, instead of the browser's bubble in the browser's language.
import { ref, type Ref } from 'vue'

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

/** Key of the sentence for what the browser found. */
export function wrongAbout(field: Field): string {
  const { validity, type } = field
  if (validity.valueMissing) return 'common.required'
  if (validity.typeMismatch && type === 'email') return 'common.no_email'
  if (validity.typeMismatch && type === 'url') return 'common.no_url'
  if (validity.badInput || validity.stepMismatch) return 'common.no_number'
  if (validity.rangeUnderflow || validity.rangeOverflow) return 'common.out_of_range'
  return 'common.not_valid'
}

interface Validity {
  /** Empty while nothing is wrong. */
  wrong: Ref<string>
  invalid: (event: Event) => void
  mended: () => void
}

/** Listen with `invalid` to the field's `invalid` event and with `mended` to its `input`. The first wrong field has the focus. */
export function useValidity(): Validity {
  const wrong = ref('')
  return {
    wrong,
    invalid(event) {
      const field = event.target as Field
      event.preventDefault()
      wrong.value = wrongAbout(field)
      const fields = [...(field.form?.elements ?? [field])] as Field[]
      if (fields.find((one) => one.willValidate && !one.validity.valid) === field) field.focus()
    },
    mended: () => (wrong.value = ''),
  }
}
