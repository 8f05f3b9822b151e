// A small set that support desks use, with words to find them by in both languages.
export interface Emoji {
  char: string
  words: string
}
const RAW = `
🙂 sonrisa smile|😀 feliz happy grin|😂 risa laugh|😊 contento blush|😉 guiño wink|😍 encanta love|🤗 abrazo hug
🤔 pensar think|😅 sudor sweat|😇 ángel angel|😎 gafas cool|😢 triste sad|😭 llorar cry|😡 enojo angry|😱 susto scared
🥳 fiesta party|😴 sueño sleep|🤒 enfermo sick|👍 bien ok thumbs up|👎 mal thumbs down|👌 perfecto ok|👏 aplauso clap
🙌 genial hooray|🙏 gracias please thanks|💪 fuerza strong|👋 hola hello wave|🤝 acuerdo deal handshake
✌️ paz peace|🤞 suerte luck|👀 ojos eyes look|❤️ corazón heart|🧡 corazón heart orange|💚 corazón heart green
💙 corazón heart blue|💔 roto broken|✨ brillo sparkles|🎉 celebrar tada|🎁 regalo gift|🔥 fuego fire
⭐ estrella star|✅ listo check done|❌ no error cross|⚠️ aviso warning|❓ pregunta question|❗ atención important
💡 idea|📌 fijar pin|📎 clip adjunto|📦 paquete package|🚚 envío truck delivery|✈️ avión plane flight|🏠 casa home
🏢 edificio building|🔑 llave key|📅 fecha date calendar|⏰ hora alarm clock|⌛ espera wait|📞 teléfono phone
📧 correo email|💬 mensaje chat|💳 tarjeta card|💰 dinero money|🧾 recibo receipt|🛒 carrito cart
🔧 arreglo wrench fix|🛠️ herramientas tools|🖥️ computador computer|📱 móvil mobile|🔒 seguro lock|🔗 enlace link
📷 foto camera|🎵 música music|☀️ sol sun|🌧️ lluvia rain|🌱 planta plant|🐶 perro dog|🐱 gato cat|☕ café coffee
🍕 pizza|🎂 torta cake|🏆 premio trophy|🚀 rápido rocket|👩‍💻 agente woman|👨‍💻 agente man|🇪🇸 españa spain
🇲🇽 méxico mexico|🇨🇱 chile|🇦🇷 argentina|🇨🇴 colombia|🇵🇪 perú peru`
export const EMOJI: Emoji[] = RAW.trim()
  .split(/[|\n]/)
  .map((line) => {
    const [char = '', ...words] = line.split(' ')
    return { char, words: words.join(' ') }
  })
