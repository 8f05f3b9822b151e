// Writes what the picker knows of its emoji in each language, from Unicode's CLDR:
//   npm pack cldr-annotations-full && tar xzf cldr-annotations-full-*.tgz && node scripts/emoji.mjs package/annotations
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SHOWN = [
  '😀😃😄😁😆😅😂🤣😊🙂🙃😉😍🥰😘😋😛😜🤪🤗🤭🤫🤔🤐😐😑😶🙄😏😬😌😴😷🤒🤕🤢🥵🥶😵🤯🥳😎🤓🧐😕😟🙁😮😲😳🥺😢😭😱😞😤😡🤬💀👻🤖',
  '👍👎👌🤌👏🙌🤝🙏💪👋🤚👉👈👆👇🤞🤙👀🧠',
  '❤🧡💛💚💙💜🖤🤍💔💯🔥✨⭐🎉🎁🎂🎈🏆💡📌📦📷📱💻📞📧📎📄📅⏰⌛🔑🔒🔧🛒💳💰🧾🚚✈🚀🚗🚲🏠🏥🏫',
  '🌞🌙☁☔❄🌈🌹🌻🌳🍀🐶🐱🐦🐟🐝🍎🍕🍔🍟🍰🍫☕🍺🍷⚽🎵🎮✅❌❓❗⚠➕➡⬅⬆⬇♻🆗🆕',
]
const KEYWORDS = 7
// What the messenger calls a language, and CLDR: its "pt" is Brazil's.
const CLDR = { pt: 'pt-PT', 'pt-BR': 'pt' }

const source = process.argv[2]
const messenger = fileURLToPath(new URL('../src/messenger', import.meta.url))
const emoji = SHOWN.flatMap((line) => [...new Intl.Segmenter().segment(line)].map(({ segment }) => segment))
const read = (name) => {
  try {
    return JSON.parse(readFileSync(join(source, name, 'annotations.json'), 'utf8')).annotations.annotations
  } catch {
    return {}
  }
}

for (const file of readdirSync(join(messenger, 'words'))) {
  const tag = file.replace('.json', '')
  // A region tells only what differs from its language.
  const known = { ...read('pt'), ...(tag.startsWith('pt') ? {} : read(tag)), ...read(CLDR[tag] ?? tag) }
  const words = emoji.map((one) => {
    const { tts = [], default: keywords = [] } = known[one] ?? {}
    return [one, [...new Set([...tts, ...keywords.slice(0, KEYWORDS)])].join(' ')]
  })
  writeFileSync(join(messenger, 'emoji', file), JSON.stringify(Object.fromEntries(words), null, 2) + '\n')
}
