/** One message with what stands below it. */
import type { ComponentChildren, VNode } from 'preact'
import { AttachmentView } from './attachment'
import { Icon } from './icons'
import { linked, markdown } from './markdown'
import type { Messenger } from './messenger'
import type { Entry } from './outbox'
import { lazily } from './lazily'
import { nameOf } from './parts'
import { isQuestion } from './question-kinds'
import type { Upload } from './state'
import { t } from './texts'
import { isOwn, sizeOf, TEMPLATE, timeOf, type Row } from './thread'
import type { Message } from './types'

export function contentOf(message: Message): ComponentChildren {
  if (message.content_attributes.deleted) return <i>{t('deleted')}</i>
  if (!message.content) return null
  return isOwn(message) ? linked(message.content) : markdown(message.content)
}

const Question = lazily(() => import('./questions'))

interface Props {
  messenger: Messenger
  row: Row
  isSeen: boolean
}

export function Bubble({ messenger, row, isSeen }: Props): VNode {
  const { message, isContinued, isLast } = row
  const mine = isOwn(message)
  const author = nameOf(message.sender)
  const content = contentOf(message)
  const files = message.content_attributes.deleted ? [] : (message.attachments ?? [])
  const isAutomatic = message.message_type === TEMPLATE || message.sender?.type === 'agent_bot'
  if (isQuestion(message)) return <Question messenger={messenger} message={message} />
  return (
    <>
      <div
        class={`x${mine ? ' me' : ''}${isAutomatic ? ' bot' : ''}${isContinued ? ' on' : ''}${content ? '' : ' bare'}`}
        dir="auto"
      >
        <span class="sr">{mine ? t('you') : t('says', { name: author || t('somebody') })}: </span>
        {content}
        {files.map((file) => (
          <AttachmentView key={file.id} file={file} />
        ))}
      </div>
      {isLast && (
        <div class={mine ? 'xf me' : 'xf'}>
          {!mine && (author || isAutomatic) && (
            <>
              <bdi>{author || t('assistant', { company: messenger.state.channel.websiteName })}</bdi> ·
            </>
          )}
          <time dateTime={new Date(message.created_at * 1000).toISOString()}>{timeOf(message.created_at)}</time>
          {mine && (
            <span class={isSeen ? 'seen tick' : 'tick'}>
              <Icon name={isSeen ? 'checks' : 'check'} size={14} /> {t(isSeen ? 'seen' : 'sent')}
            </span>
          )}
        </div>
      )}
    </>
  )
}

interface FootProps {
  messenger: Messenger
  echoId: string
  createdAt: number
  failed: string | undefined
  isFinal?: boolean | undefined
  status: string
}

function Foot({ messenger, echoId, createdAt, failed, isFinal, status }: FootProps): VNode {
  if (failed === undefined) {
    return (
      <div class="xf me">
        {timeOf(createdAt)}
        <Icon name="clock" size={13} />
        {status}
      </div>
    )
  }
  return (
    <div class="xf me bad" role="alert">
      <Icon name="alert" size={13} /> {failed || t('failed')}
      {!isFinal && <button onClick={() => messenger.retry(echoId)}>{t('retry')}</button>}
      <button onClick={() => messenger.discard(echoId)}>{t('discard')}</button>
    </div>
  )
}

/** A text that is not on the server yet. */
export function Waiting({ messenger, entry, status }: { messenger: Messenger; entry: Entry; status: string }): VNode {
  return (
    <>
      <div class={`x me${entry.failed === undefined ? '' : ' bad'}`} dir="auto">
        <span class="sr">{t('you')}: </span>
        {linked(entry.content)}
      </div>
      <Foot
        messenger={messenger}
        echoId={entry.echoId}
        createdAt={entry.createdAt}
        failed={entry.failed}
        status={status}
      />
    </>
  )
}

/** A file on its way. */
export function Uploading({
  messenger,
  upload,
  waiting,
}: {
  messenger: Messenger
  upload: Upload
  waiting: string
}): VNode {
  const percent = Math.round(upload.share * 100)
  return (
    <>
      <div class={`x me${upload.failed === undefined ? '' : ' bad'}`}>
        <span class="file">
          <Icon name="file" size={22} />
          <span>
            <b>{upload.file.name}</b>
            <small>{sizeOf(upload.file.size)}</small>
          </span>
        </span>
        {upload.failed === undefined && !upload.isWaiting && (
          <progress max={100} value={percent} aria-label={t('uploading', { percent })} />
        )}
      </div>
      <Foot
        messenger={messenger}
        echoId={upload.echoId}
        createdAt={upload.createdAt}
        failed={upload.failed}
        isFinal={upload.isFinal}
        status={upload.isWaiting ? waiting : t('uploading', { percent })}
      />
    </>
  )
}
