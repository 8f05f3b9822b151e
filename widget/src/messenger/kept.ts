/**
 * What this browser keeps for one visitor: texts that wait, drafts, the view, small wishes. Browsers that deny storage to frames of other
 * sites leave it to the page around us, which has a storage of its own; without either it lives as long as the frame.
 */
import { tellPage } from './frame'

const memory = new Map<string, string>()

function store(isTab: boolean): Storage | undefined {
  try {
    return isTab ? sessionStorage : localStorage
  } catch {
    return undefined
  }
}

/** What the page kept for us. */
export function receiveKept(kept: unknown): void {
  for (const [key, value] of Object.entries(Object(kept) as Record<string, unknown>)) {
    if (!memory.has(key) && typeof value === 'string') memory.set(key, value)
  }
}

export interface Kept {
  read(name: string): string
  /** "" forgets it. */
  write(name: string, value: string): void
}

/** One place of it, by its whole name. */
export function placeOf(key: string, isTab = false): { read(): string; write(value: string): void } {
  return {
    read: () => memory.get(key) ?? store(isTab)?.getItem(key) ?? '',
    write(value) {
      try {
        const place = store(isTab)!
        if (value) place.setItem(key, value)
        else place.removeItem(key)
        memory.delete(key)
      } catch {
        memory.set(key, value)
        tellPage('keep', { key, value, isTab })
      }
    },
  }
}

/** `who` keeps visitors apart; of a tab's own it lasts as long as the tab. */
export function keptFor(who: string, isTab = false): Kept {
  const at = (name: string): ReturnType<typeof placeOf> => placeOf(`ventanilla:${name}:${who}`, isTab)
  return { read: (name) => at(name).read(), write: (name, value) => at(name).write(value) }
}
