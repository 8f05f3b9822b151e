/** A file of a message: pictures and sounds in place, anything else by name. */
import type { VNode } from 'preact'
import { Icon } from './icons'
import { t } from './texts'
import { sizeOf } from './thread'
import type { Attachment } from './types'

const LONGEST_SIDE = 240

export function AttachmentView({ file }: { file: Attachment }): VNode {
  const name = file.filename || decodeURIComponent(file.data_url.split('/').pop() ?? '')
  if (file.file_type === 'image') {
    const scale = Math.min(1, LONGEST_SIDE / Math.max(file.width || LONGEST_SIDE, file.height || LONGEST_SIDE))
    return (
      <a class="pic" href={file.data_url} target="_blank" rel="noopener noreferrer">
        <img
          src={file.thumb_url || file.data_url}
          alt={t('picture', { name })}
          loading="lazy"
          width={Math.round((file.width || LONGEST_SIDE) * scale)}
          height={Math.round((file.height || LONGEST_SIDE * 0.75) * scale)}
        />
      </a>
    )
  }
  if (file.file_type === 'audio') return <audio controls preload="metadata" src={file.data_url} aria-label={name} />
  if (file.file_type === 'video') return <video controls preload="metadata" src={file.data_url} aria-label={name} />
  return (
    <a class="file" href={file.data_url} target="_blank" rel="noopener noreferrer" aria-label={t('download', { name })}>
      <Icon name="file" size={22} />
      <span>
        <b>{name}</b>
        {file.file_size ? <small>{sizeOf(file.file_size)}</small> : null}
      </span>
    </a>
  )
}
