/** A short, soft sound for a message that no one saw; loaded with the first of them. At most one in ten seconds. */

const PAUSE_MS = 10_000
const NOTES_HZ = [660, 880]
let rangAt = 0

export function ring(): void {
  if (Date.now() - rangAt < PAUSE_MS) return
  rangAt = Date.now()
  try {
    const context = new AudioContext()
    NOTES_HZ.forEach((frequency, at) => {
      const note = new OscillatorNode(context, { frequency })
      const start = context.currentTime + at * 0.12
      const volume = new GainNode(context, { gain: 0 })
      volume.gain.setTargetAtTime(0.06, start, 0.01)
      volume.gain.setTargetAtTime(0, start + 0.08, 0.06)
      note.connect(volume).connect(context.destination)
      note.start(start)
      note.stop(start + 0.5)
      if (at) note.onended = () => void context.close()
    })
  } catch {
    // A browser without sound is quiet.
  }
}
