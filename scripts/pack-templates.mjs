import { join } from 'node:path'
import { makeTemplates } from './make-templates.mjs'
import { ROOT } from './workspace.mjs'

// Runs before `create-firekeep` is packed. FIREKEEP_APPS is another folder of apps, for tests.
const { FIREKEEP_APPS } = process.env
makeTemplates({
  into: join(ROOT, 'packages/create-firekeep/templates'),
  ...(FIREKEEP_APPS ? { apps: FIREKEEP_APPS } : {}),
})
