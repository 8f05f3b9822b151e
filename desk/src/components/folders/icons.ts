// The icons a folder can have, by the names that the server keeps.
import {
  AlarmClock,
  Bug,
  CreditCard,
  Flag,
  Flame,
  Folder,
  Heart,
  Package,
  Phone,
  ShoppingCart,
  Star,
  Users,
} from 'lucide-vue-next'
import type { Component } from 'vue'

export const FOLDER_ICONS: Record<string, Component> = {
  folder: Folder,
  star: Star,
  flag: Flag,
  alarm: AlarmClock,
  flame: Flame,
  heart: Heart,
  package: Package,
  cart: ShoppingCart,
  card: CreditCard,
  bug: Bug,
  phone: Phone,
  users: Users,
}
export const iconOf = (name: string): Component => FOLDER_ICONS[name] ?? Folder
