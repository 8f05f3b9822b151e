// Calls the real SDK as it is told: one JSON line ["contacts.create", {…}] in, one JSON line out.
//   node sdk.mjs http://host token
// Names that begin with "client." are the package's public API: ContactsApi, ConversationsApi, MessagesApi.
import { createInterface } from "node:readline"

import sdk from "@figuro/chatwoot-sdk"

const [, , basePath, token] = process.argv
const config = { basePath, token, with_credentials: true, credentials: "include" }
const { default: ChatwootClient } = sdk
const services = new ChatwootClient({ config })
services.client = new ChatwootClient({ config: { ...config, token: undefined } }).client

for await (const line of createInterface({ input: process.stdin })) {
  const [name, given] = JSON.parse(line)
  const path = name.split(".")
  const method = path.pop()
  const service = path.reduce((inner, key) => inner[key], services)
  let said
  try {
    said = { result: (await service[method](given)) ?? null }
  } catch (error) {
    said = { status: error.status ?? null, error: String(error), body: error.body ?? null }
  }
  process.stdout.write(JSON.stringify(said) + "\n")
}
