// A file that the server keeps, fetched again as if it had been chosen by hand.
import { ApiError } from '@/api/client'

export async function fetchFile(file: { url: string; filename: string; content_type: string }): Promise<File> {
  const response = await fetch(new URL(file.url, location.href).pathname, { credentials: 'same-origin' })
  if (!response.ok) throw new ApiError(response.status, file.filename)
  return new File([await response.blob()], file.filename, { type: file.content_type })
}
