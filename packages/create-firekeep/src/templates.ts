import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { UserError } from './user-error.js'

/** An app to begin with. */
export interface Template {
  readonly name: string
  /** What it is, in a few words. */
  readonly hint: string
}

/** The simplest first. Each stands in the folder `templates` of the package under its name. */
export const TEMPLATES: readonly Template[] = [
  { name: 'minimal', hint: 'notes on one page, on this device' },
  { name: 'chat', hint: 'rooms, invitations and sync; works offline' },
  { name: 'state-machine', hint: 'an office with roles, history, conflicts and a worker in Node' },
]

const FOLDER = new URL('../templates/', import.meta.url)

/** The template of this name, or an error that names those there are. */
export function mustGetTemplate(name: string): Template {
  const template = TEMPLATES.find(known => known.name === name)
  if (template) return template
  const names = TEMPLATES.map(known => known.name).join(', ')
  throw new UserError(`There is no template "${name}". Choose one of ${names}.`)
}

/** Where its files are. They are made when the package is packed, so a checkout may lack them. */
export function templateFolder({ name }: Template): string {
  const folder = fileURLToPath(new URL(name, FOLDER))
  if (existsSync(folder)) return folder
  throw new UserError(
    `This copy of create-firekeep has no template files. In a checkout, "npm pack" makes them.`,
  )
}
