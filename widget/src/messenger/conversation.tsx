/** A conversation: who answers, the thread, the composer, and what follows when it is resolved. Comes after the home view. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { isOut } from './availability'
import { Composer } from './composer'
import { EmailForm } from './email-form'
import { Header } from './header'
import OutOfOffice from './hours-view'
import { Icon } from './icons'
import { lazily } from './lazily'
import { Line, Notice } from './lines'
import type { Messenger } from './messenger'
import { asksFirst, canWrite, isClosed, isResolved, type State } from './state'
import { t } from './texts'
import { Thread } from './thread-view'
import './styles/thread.css'

const PreChatForm = lazily(() => import('./prechat-form'))

export default function ConversationView({ messenger, state }: { messenger: Messenger; state: State }): VNode {
  return (
    <>
      <Header messenger={messenger} state={state} />
      <Line state={state} />
      {isOut(state) && <OutOfOffice messenger={messenger} state={state} />}
      <main>
        {asksFirst(state) ? (
          <div class="body">
            <PreChatForm messenger={messenger} state={state} />
          </div>
        ) : (
          <Thread messenger={messenger} state={state} />
        )}
        <Notice state={state} />
        {isResolved(state) && <Done messenger={messenger} state={state} />}
        {canWrite(state) && <Composer messenger={messenger} state={state} />}
      </main>
    </>
  )
}

/** After a resolved conversation: a copy by mail (W-06), and a new conversation where the old one is closed for good. */
function Done({ messenger, state }: { messenger: Messenger; state: State }): VNode {
  const [step, setStep] = useState<'offer' | 'email' | 'sent'>('offer')
  const request = async (email: string): Promise<boolean> => {
    const isGood = await messenger.requestTranscript(email)
    if (isGood) setStep('sent')
    return isGood
  }
  return (
    <div class="done">
      {step === 'sent' && <p role="status">{t('transcriptSent')}</p>}
      {step === 'email' && <EmailForm label={t('yourEmail')} give={request} />}
      {step === 'offer' && (
        <button class="btn" onClick={() => (state.visitor?.has_email ? void request('') : setStep('email'))}>
          <Icon name="mail" size={16} /> {t('transcript')}
        </button>
      )}
      {isClosed(state) && (
        <button class="btn solid" onClick={() => messenger.beginAnew()}>
          {t('newConversation')}
        </button>
      )}
    </div>
  )
}
