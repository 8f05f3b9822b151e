// The icons that a channel can name, and those of its colours that are known; see inboxes.channel.Face on the server.
import {
  AtSign,
  Bell,
  Bird,
  Code,
  Facebook,
  Globe,
  Instagram,
  Mail,
  MessageCircle,
  MessageSquare,
  Phone,
  Plug,
  Send,
  Slack,
} from 'lucide-vue-next'
import type { Component } from 'vue'

export const ICONS: Record<string, Component> = {
  'at-sign': AtSign,
  bell: Bell,
  bird: Bird,
  code: Code,
  facebook: Facebook,
  globe: Globe,
  instagram: Instagram,
  mail: Mail,
  'message-circle': MessageCircle,
  'message-square': MessageSquare,
  phone: Phone,
  plug: Plug,
  send: Send,
  slack: Slack,
}
