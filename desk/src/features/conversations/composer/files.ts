// Which files may go with a message.
export interface Limits {
  bytes: number
  count: number
}
export interface Taken {
  files: File[]
  /** Those that are too large, and whether there were too many. */
  large: File[]
  tooMany: boolean
}

/** Those that fit beside the ones that are there. */
export function takeFiles(there: readonly File[], came: Iterable<File>, limits: Limits): Taken {
  const taken: Taken = { files: [...there], large: [], tooMany: false }
  for (const file of came) {
    if (file.size > limits.bytes) taken.large.push(file)
    else if (taken.files.length >= limits.count) taken.tooMany = true
    else taken.files.push(file)
  }
  return taken
}
