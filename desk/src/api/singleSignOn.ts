// What single sign-on says of itself.
import type { components } from './generated/schema'
import type { Id } from './models'

type Shape<Name extends keyof components['schemas']> = components['schemas'][Name]
type With<Base, Fields> = Omit<Base, keyof Fields> & Fields

/** Who has the value gets the role and joins the team. */
export interface ProviderRule {
  value: string
  role: string
  custom_role_id: Id | null
  team_id: Id | null
}
export type SignInProvider = With<Shape<'ProviderShape'>, { rules: ProviderRule[] }>
export type SingleSignOn = With<Shape<'SingleSignOnShape'>, { providers: SignInProvider[] }>
export type CheckedProvider = Shape<'CheckedShape'>
export type ProviderPerson = Shape<'PersonShape'>
export type KnownProvider = Shape<'KnownProviderShape'>
