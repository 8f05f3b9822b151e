/** Files on their way: each is a message of its own, tried again when the line or the server comes back. */
import { call, isFinal, isPassing, sentenceOf, upload, waitAfter } from './api'
import type { Hold } from './hold'
import { inConversation, newEchoId } from './outbox'
import type { Upload } from './state'
import { t } from './texts'
import { sizeOf } from './thread'
import type { Message } from './types'

interface Desk {
  limit: number
  hold: Hold
  uploads(): Upload[]
  show(uploads: Upload[]): void
  held(): void
  notify(sentence: string): void
  sent(message: Message): void
}

const now = (): number => Math.floor(Date.now() / 1000)

export class Uploads {
  private readonly held = new Map<string, ReturnType<typeof setTimeout>>()
  /** A conversation that is begun for files; several of them share it. */
  private beginning: Promise<number> | undefined

  constructor(private readonly desk: Desk) {}

  /** `to`: the conversation they belong to; 0 begins one, undefined is the latest. */
  add(files: Iterable<File>, to: number | undefined): void {
    const { limit, notify } = this.desk
    for (const file of files) {
      if (file.size > limit) notify(t('tooLarge', { size: sizeOf(limit) }))
      else if (!file.size) notify(t('emptyFile', { name: file.name }))
      else void this.send(this.fresh(file, to))
    }
  }

  /** What waited for the line. */
  goOn(): void {
    for (const one of this.desk.uploads()) if (one.isWaiting) void this.send(one)
  }

  /** Whether there was such a file. */
  retry(echoId: string): boolean {
    const one = this.desk.uploads().find((upload) => upload.echoId === echoId)
    if (one) void this.send(one)
    return one !== undefined
  }

  remove(echoId: string): void {
    this.desk.show(this.desk.uploads().filter((one) => one.echoId !== echoId))
  }

  private fresh(file: File, to: number | undefined): Upload {
    return { echoId: newEchoId(), file, to, share: 0, createdAt: now(), isWaiting: false }
  }

  private put(one: Upload): void {
    this.desk.show([...this.desk.uploads().filter(({ echoId }) => echoId !== one.echoId), one])
  }

  private async send({ failed: _failed, isFinal: _final, ...again }: Upload): Promise<void> {
    let one: Upload = { ...again, share: 0, isWaiting: this.desk.hold.leftMs > 0 }
    this.put(one)
    if (this.waits(one)) return
    try {
      if (one.to === 0) this.put((one = { ...one, to: await this.begin() }))
      const path = inConversation('messages', one.to)
      const message = await upload<Message>(path, one.file, one.echoId, (share) => this.put({ ...one, share }))
      this.remove(one.echoId)
      this.desk.sent(message)
    } catch (error) {
      if (waitAfter(error)) this.desk.hold.start(waitAfter(error))
      const isWaiting = isPassing(error)
      const failure = isWaiting ? {} : { failed: sentenceOf(error) || t('badFile'), isFinal: isFinal(error) }
      this.put({ ...one, isWaiting, ...failure })
      this.waits(one)
    }
  }

  private begin(): Promise<number> {
    this.beginning ??= call<{ id: number }>('POST', 'conversations', {}).then(({ id }) => id)
    const begun = this.beginning
    void begun.catch(() => undefined).then(() => (this.beginning = undefined))
    return begun
  }

  /** Whether the server wants to be left alone; the file goes out when that is over. */
  private waits({ echoId }: Upload): boolean {
    const { leftMs } = this.desk.hold
    clearTimeout(this.held.get(echoId))
    this.held.delete(echoId)
    if (!leftMs) return false
    this.desk.held()
    this.held.set(
      echoId,
      setTimeout(() => this.retry(echoId), leftMs),
    )
    return true
  }
}
