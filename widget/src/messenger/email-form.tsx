/** One field for an email. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { Icon } from './icons'
import { Field } from './parts'
import { isEmail } from './prechat'
import { t } from './texts'
import './styles/forms.css'

export function EmailForm({ label, give }: { label: string; give: (email: string) => Promise<boolean> }): VNode {
  const [email, setEmail] = useState('')
  const [isWrong, setWrong] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    setWrong(!isEmail(email))
    if (!isEmail(email) || isBusy) return
    setBusy(true)
    await give(email.trim())
    setBusy(false)
  }
  return (
    <form class="ask" onSubmit={(event) => void submit(event)} noValidate>
      <Field label={label} error={isWrong ? t('badEmail') : undefined}>
        {(attributes) => (
          <div class="joined">
            <input
              {...attributes}
              type="email"
              dir="ltr"
              autocomplete="email"
              required
              value={email}
              onInput={(event) => setEmail(event.currentTarget.value)}
            />
            <button class="go" aria-label={t('sendEmail')} disabled={isBusy}>
              <Icon name="right" size={16} />
            </button>
          </div>
        )}
      </Field>
    </form>
  )
}
