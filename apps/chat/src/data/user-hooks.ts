import { createHooks } from '@firekeep/react'
import type { UserDocument } from './user-document.js'

/** The hooks for the user database; below the provider of the whole app. */
export const { useLiveQuery: useUserQuery, useDocument: useUserDocument } = createHooks<UserDocument>()
