/** Out of hours: what the company says, when it is back, and its hours. A quiet line; the box below it takes what you write. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { EmailForm } from './email-form'
import { hourLines, nextMoment } from './hours'
import { Icon } from './icons'
import { markdown } from './markdown'
import type { Messenger } from './messenger'
import type { State } from './state'
import { t } from './texts'

export default function OutOfOffice({ messenger, state }: { messenger: Messenger; state: State }): VNode {
  const [isAsking, setAsking] = useState(false)
  const { channel, visitor } = state
  const when = nextMoment(channel.openWindows, channel.timezone, new Date())
  const answer = when ? t(visitor?.has_email ? 'answerMail' : 'answerHere', { when }) : ''
  const give = async (email: string): Promise<boolean> => {
    const isGood = await messenger.leaveEmail(email)
    if (isGood) setAsking(false)
    return isGood
  }
  return (
    <section class="calm">
      <Icon name="moon" size={15} />
      <div>
        <b>{t('closedTitle')}</b>
        {channel.outOfOfficeMessage ? <div dir="auto">{markdown(channel.outOfOfficeMessage)}</div> : <p>{answer}</p>}
        {visitor && !visitor.has_email && !isAsking && (
          <button class="link" onClick={() => setAsking(true)}>
            {t('leaveEmail')}
          </button>
        )}
        {isAsking && <EmailForm label={t('yourEmail')} give={give} />}
        <table>
          <tbody>
            {hourLines(channel.openSpans).map((line) => (
              <tr key={line.days}>
                <th scope="row">{line.days}</th>
                <td>{line.hours}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
