/** What the whole messenger has to say: the state of the line, and what did not work. */
import type { VNode } from 'preact'
import { Icon } from './icons'
import type { State } from './state'
import { t } from './texts'

export function Line({ state: { line } }: { state: State }): VNode {
  return (
    <p class={`line ${line}`} role="status">
      {line === 'down' && <Icon name="alert" size={15} />}
      {line !== 'up' && <span>{t(line === 'down' ? 'offline' : 'online')}</span>}
    </p>
  )
}

export const Notice = ({ state }: { state: State }): VNode => (
  <p class="notice" role="alert">
    {state.notice}
  </p>
)
