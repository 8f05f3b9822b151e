/** Messages that ask something: e-mail, choice, form, cards, articles, survey. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { announce } from './frame'
import { Icon } from './icons'
import type { Messenger } from './messenger'
import { Field, TextBox } from './parts'
import { isEmail } from './prechat'
import { t } from './texts'
import type { Answer, Item, Message, Survey } from './types'

interface Props {
  messenger: Messenger
  message: Message
}

const KINDS: Record<string, (props: Props) => VNode | null> = {
  input_email: EmailQuestion,
  input_select: Choice,
  form: Form,
  input_text: Form,
  input_textarea: Form,
  cards: Cards,
  article: Articles,
  input_csat: SurveyQuestion,
}

export const isQuestion = (message: Message): boolean => Object.hasOwn(KINDS, message.content_type)

export function Question(props: Props): VNode {
  const Kind = KINDS[props.message.content_type]!
  return <Kind {...props} />
}

const answersOf = (message: Message): Answer[] => {
  const given = message.content_attributes.submitted_values
  return Array.isArray(given) ? given : []
}

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

function EmailQuestion({ messenger, message }: Props): VNode {
  const given = message.content_attributes.submitted_email
  if (given) return <Given text={given} />
  return <EmailForm label={message.content || t('yourEmail')} give={(email) => messenger.giveEmail(message, email)} />
}

const Given = ({ text }: { text: string }): VNode => (
  <p class="given">
    <Icon name="check" size={14} /> {text}
  </p>
)

function Choice({ messenger, message }: Props): VNode {
  const [given] = answersOf(message)
  return (
    <fieldset class="ask choice">
      <legend>{message.content}</legend>
      {given ? (
        <Given text={given.title ?? given.value ?? ''} />
      ) : (
        message.content_attributes.items?.map((item) => (
          <button
            key={item.value}
            class="btn"
            onClick={() => void messenger.answer(message, [{ title: item.title ?? '', value: item.value ?? '' }])}
          >
            {item.title}
          </button>
        ))
      )}
    </fieldset>
  )
}

function Form({ messenger, message }: Props): VNode {
  const items: Item[] = message.content_attributes.items ?? [
    {
      name: 'answer',
      label: message.content ?? '',
      type: message.content_type === 'input_textarea' ? 'text_area' : 'text',
      required: true,
    },
  ]
  const [values, setValues] = useState<Record<string, string>>({})
  const [isTried, setTried] = useState(false)
  const given = answersOf(message)
  const valueOf = (item: Item): string => (values[item.name ?? ''] ?? item.default ?? '').trim()
  const wrong = (item: Item): string | undefined => {
    if (!isTried) return undefined
    if (!valueOf(item)) return item.required === false ? undefined : t('required')
    return item.type === 'email' && !isEmail(valueOf(item)) ? t('badEmail') : undefined
  }
  if (given.length) {
    return (
      <div class="ask">
        {message.content && <p>{message.content}</p>}
        {given.map((one) => (
          <Given key={one.name} text={one.value ?? ''} />
        ))}
      </div>
    )
  }
  const submit = (event: Event): void => {
    event.preventDefault()
    setTried(true)
    const isGood = items.every((item) =>
      valueOf(item) ? item.type !== 'email' || isEmail(valueOf(item)) : item.required === false,
    )
    if (isGood)
      void messenger.answer(
        message,
        items.filter(valueOf).map((item) => ({ name: item.name ?? '', value: valueOf(item) })),
      )
  }
  const put = (item: Item, value: string): void => setValues((known) => ({ ...known, [item.name ?? '']: value }))
  return (
    <form class="ask" onSubmit={submit} noValidate>
      {message.content_attributes.items && message.content && <p>{message.content}</p>}
      {items.map((item) => (
        <Field key={item.name} label={item.label ?? item.name ?? ''} error={wrong(item)}>
          {(attributes) =>
            item.type === 'select' ? (
              <select
                {...attributes}
                value={values[item.name ?? ''] ?? item.default ?? ''}
                onChange={(event) => put(item, event.currentTarget.value)}
              >
                <option value="">{t('choose')}</option>
                {item.options?.map((one) => (
                  <option key={one.value} value={one.value}>
                    {one.label}
                  </option>
                ))}
              </select>
            ) : item.type === 'text_area' ? (
              <textarea
                {...attributes}
                rows={3}
                placeholder={item.placeholder ?? ''}
                onInput={(event) => put(item, event.currentTarget.value)}
              />
            ) : (
              <TextBox
                {...attributes}
                type={item.type === 'email' ? 'email' : 'text'}
                placeholder={item.placeholder ?? ''}
                value={values[item.name ?? ''] ?? item.default ?? ''}
                put={(value) => put(item, value)}
              />
            )
          }
        </Field>
      ))}
      <button class="btn solid">{t('submit')}</button>
    </form>
  )
}

const isWeb = (address: string | undefined): address is string => /^https?:\/\//i.test(address ?? '')

function Cards({ message }: Props): VNode {
  return (
    <ul class="cards">
      {message.content_attributes.items?.map((item, at) => (
        <li key={at}>
          {isWeb(item.media_url) && <img src={item.media_url} alt="" loading="lazy" />}
          <b>{item.title}</b>
          {item.description && <p>{item.description}</p>}
          {item.actions?.map((action) =>
            action.type === 'link' ? (
              isWeb(action.uri) && (
                <a class="btn" href={action.uri} target="_blank" rel="noopener noreferrer">
                  {action.text}
                </a>
              )
            ) : (
              <button class="btn" onClick={() => announce('postback', { payload: action.payload })}>
                {action.text}
              </button>
            ),
          )}
        </li>
      ))}
    </ul>
  )
}

function Articles({ message }: Props): VNode {
  return (
    <ul class="cards">
      {message.content_attributes.items?.map((item, at) => (
        <li key={at}>
          {isWeb(item.link) ? (
            <a href={item.link} target="_blank" rel="noopener noreferrer">
              {item.title}
            </a>
          ) : (
            <b>{item.title}</b>
          )}
          {item.description && <p>{item.description}</p>}
        </li>
      ))}
    </ul>
  )
}

function SurveyQuestion({ messenger, message }: Props): VNode {
  const given = message.content_attributes.submitted_values as Survey | undefined
  const [rating, setRating] = useState(given?.csat_survey_response?.rating ?? 0)
  const [comment, setComment] = useState('')
  const [isBusy, setBusy] = useState(false)
  const isDone = given?.csat_survey_response !== undefined
  const star = message.content_attributes.display_type === 'star' ? '★' : ''
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (!rating || isBusy) return
    setBusy(true)
    await messenger.answer(message, { csat_survey_response: { rating, feedback_message: comment.trim() } })
    setBusy(false)
  }
  return (
    <form class="ask csat" onSubmit={(event) => void submit(event)}>
      <b>{message.content || t('survey')}</b>
      <div class="five" role="radiogroup" aria-label={t('surveyScale')}>
        {[1, 2, 3, 4, 5].map((value) => (
          <label key={value} class={value === rating ? 'on' : ''}>
            <input
              class="sr"
              type="radio"
              name={`csat${message.id}`}
              value={value}
              checked={value === rating}
              disabled={isDone}
              onChange={() => setRating(value)}
            />
            {value}
            {star && <span aria-hidden="true">{star}</span>}
          </label>
        ))}
      </div>
      <div class="ends">
        <span>{t('worst')}</span>
        <span>{t('best')}</span>
      </div>
      {isDone ? (
        <Given text={t('thanks')} />
      ) : (
        rating > 0 && (
          <>
            <Field label={t('comment')}>
              {(attributes) => (
                <textarea
                  {...attributes}
                  rows={2}
                  value={comment}
                  onInput={(event) => setComment(event.currentTarget.value)}
                />
              )}
            </Field>
            <button class="btn solid" disabled={isBusy}>
              {t('sendAnswer')}
            </button>
          </>
        )
      )}
    </form>
  )
}
