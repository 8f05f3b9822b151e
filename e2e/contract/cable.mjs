// Subscribes with the real client library and says, one JSON line each, what happens to it.
//   node cable.mjs ws://host/cable '{"channel":"RoomChannel","pubsub_token":"…"}'
// A line on standard input is an action to perform; "reconnect" drops the connection as a bad network would.
import { createInterface } from "node:readline"

import WebSocket from "ws"

// The library is made for browsers; these are what it asks of one.
globalThis.self = globalThis
globalThis.document = { visibilityState: "visible", createElement: () => ({}) }
globalThis.addEventListener = () => {}
globalThis.removeEventListener = () => {}
globalThis.WebSocket = WebSocket

const { createConsumer } = (await import("@rails/actioncable")).default

const [, , url, identifier] = process.argv
const say = (event, data = null) => process.stdout.write(JSON.stringify({ event, data }) + "\n")

const consumer = createConsumer(url)
const subscription = consumer.subscriptions.create(JSON.parse(identifier), {
  connected: (details) => say("connected", details ?? null),
  disconnected: () => say("disconnected"),
  rejected: () => say("rejected"),
  received: (message) => say("received", message),
})

createInterface({ input: process.stdin })
  .on("line", (line) => {
    if (line === "reconnect") consumer.connection.webSocket.terminate()
    else subscription.perform(line)
  })
  .on("close", () => process.exit(0))
