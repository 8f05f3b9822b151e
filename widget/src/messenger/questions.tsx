/** Messages that ask something: email, choice, form, cards, articles, survey. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { announce } from './frame'
import { Icon } from './icons'
import type { Messenger } from './messenger'
import { EmailForm } from './email-form'
import { Field, TextBox } from './parts'
import { QUESTIONS } from './question-kinds'
import { isEmail } from './prechat'
import { t } from './texts'
import type { Answer, Item, Message, Survey } from './types'
import './styles/questions.css'

const CHANGEABLE_SECONDS = 86_400
const MAX_COMMENT_CHARS = 5_000
/** Options up to this long stand two in a row. */
const SHORT_CHARS = 18

interface Props {
  messenger: Messenger
  message: Message
}

const KINDS: Record<(typeof QUESTIONS)[number], (props: Props) => VNode | null> = {
  input_email: EmailQuestion,
  input_select: Choice,
  form: Form,
  input_text: Form,
  input_textarea: Form,
  cards: Cards,
  article: Articles,
  input_csat: SurveyQuestion,
}

export default function Question(props: Props): VNode {
  const Kind = KINDS[props.message.content_type as keyof typeof KINDS]
  return <Kind {...props} />
}

const answersOf = (message: Message): Answer[] => {
  const given = message.content_attributes.submitted_values
  return Array.isArray(given) ? given : []
}

function EmailQuestion({ messenger, message }: Props): VNode {
  const given = message.content_attributes.submitted_email
  if (given) return <Given text={given} />
  return <EmailForm label={message.content || t('yourEmail')} give={(email) => messenger.giveEmail(message, email)} />
}

const Given = ({ text }: { text: string }): VNode => (
  <p class="given">
    <Icon name="check" size={14} /> <bdi>{text}</bdi>
  </p>
)

/** The options stay in sight; the chosen one keeps its tick, and stands below as the visitor's word. */
function Choice({ messenger, message }: Props): VNode {
  const [given] = answersOf(message)
  const items = message.content_attributes.items ?? []
  const isShort = items.every((item) => (item.title ?? '').length <= SHORT_CHARS)
  return (
    <>
      <fieldset class="choice">
        <legend class="x bot" dir="auto">
          {message.content}
        </legend>
        <div class={isShort ? 'opt two' : 'opt'}>
          {items.map((item) => {
            const isChosen = given !== undefined && item.value === given.value
            return (
              <button
                key={item.value}
                class={isChosen ? 'btn on' : 'btn'}
                dir="auto"
                aria-pressed={isChosen}
                disabled={given !== undefined}
                onClick={() => void messenger.answer(message, [{ title: item.title ?? '', value: item.value ?? '' }])}
              >
                {isChosen && <Icon name="check" size={14} />}
                {item.title}
              </button>
            )
          })}
        </div>
      </fieldset>
      {given && (
        <div class="x me given" dir="auto">
          <span class="sr">{t('you')}: </span>
          {given.title ?? given.value}
        </div>
      )}
    </>
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
        {message.content && <p dir="auto">{message.content}</p>}
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
      {message.content_attributes.items && message.content && <p dir="auto">{message.content}</p>}
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
    <ul class="shelf">
      {message.content_attributes.items?.map((item, at) => (
        <li key={at}>
          {isWeb(item.media_url) && <img src={item.media_url} alt="" loading="lazy" />}
          <b dir="auto">{item.title}</b>
          {item.description && <p dir="auto">{item.description}</p>}
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
    <ul class="shelf">
      {message.content_attributes.items?.map((item, at) => (
        <li key={at}>
          {isWeb(item.link) ? (
            <a href={item.link} target="_blank" rel="noopener noreferrer">
              {item.title}
            </a>
          ) : (
            <b dir="auto">{item.title}</b>
          )}
          {item.description && <p dir="auto">{item.description}</p>}
        </li>
      ))}
    </ul>
  )
}

/** One press keeps the rating; words are optional, and for a day both can be changed. */
function SurveyQuestion({ messenger, message }: Props): VNode {
  const given = (message.content_attributes.submitted_values as Survey | undefined)?.csat_survey_response
  const [rating, setRating] = useState(given?.rating ?? 0)
  const [comment, setComment] = useState(given?.feedback_message ?? '')
  const [isAsking, setAsking] = useState(!given)
  const [isBusy, setBusy] = useState(false)
  const star = message.content_attributes.display_type === 'star' ? '★' : ''
  const mayChange = Date.now() / 1000 - message.created_at < CHANGEABLE_SECONDS
  const keep = async (value: number, feedback_message: string): Promise<boolean> => {
    setBusy(true)
    const isKept = await messenger.answer(message, { csat_survey_response: { rating: value, feedback_message } })
    setBusy(false)
    return isKept
  }
  const choose = async (value: number): Promise<void> => {
    const before = rating
    setRating(value)
    if (!(await keep(value, comment.trim()))) setRating(before)
  }
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (rating && !isBusy && (await keep(rating, comment.trim()))) setAsking(false)
  }
  return (
    <form class="ask csat" onSubmit={(event) => void submit(event)}>
      <b dir="auto">{message.content || t('survey')}</b>
      <div class="five" role="radiogroup" aria-label={t('surveyScale')}>
        {[1, 2, 3, 4, 5].map((value) => (
          <label key={value} class={value === rating ? 'on' : ''}>
            <input
              class="sr"
              type="radio"
              name={`csat${message.id}`}
              value={value}
              checked={value === rating}
              disabled={!isAsking}
              onChange={() => void choose(value)}
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
      {!isAsking && (
        <p class="given" role="status">
          <Icon name="check" size={14} /> {t('thanks')}{' '}
          {mayChange && (
            <button type="button" class="link" onClick={() => setAsking(true)}>
              {t('change')}
            </button>
          )}
        </p>
      )}
      {isAsking && rating > 0 && (
        <>
          <Field label={t('comment')}>
            {(attributes) => (
              <textarea
                {...attributes}
                rows={2}
                dir={comment ? 'auto' : undefined}
                maxLength={MAX_COMMENT_CHARS}
                value={comment}
                onInput={(event) => setComment(event.currentTarget.value)}
              />
            )}
          </Field>
          <button class="btn solid" disabled={isBusy}>
            {t('sendAnswer')}
          </button>
        </>
      )}
    </form>
  )
}
