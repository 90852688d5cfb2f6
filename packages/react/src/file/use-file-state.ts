import type { StoredFile } from '@firekeep/core'
import { useEffect, useMemo } from 'react'
import { useByValue } from '../source/use-by-value.js'
import { useSource } from '../source/use-source.js'
import type { ToUrl } from './content-url.js'
import { FileSource, type FileState, NO_FILE } from './file-source.js'

export interface FileHandle extends FileState {
  /** Loads the content, unless it is there or on the way. The same function while the content is the same. */
  readonly load: () => void
}

/** The content of an attachment; the same content is the same file, whichever object tells of it. */
export function useFileState(file: StoredFile | undefined, isWanted: boolean, toUrl: ToUrl): FileHandle {
  const stored = useByValue(file, file === undefined ? '' : `${file.cid} ${file.type}`)
  const content = useMemo(() => stored && new FileSource(stored, toUrl), [stored, toUrl])
  const state = useSource(content?.source ?? NO_FILE)
  useEffect(() => {
    if (file !== undefined) content?.renew(file, isWanted)
  }, [content, file, isWanted])
  useEffect(() => {
    if (isWanted) content?.load()
  }, [content, isWanted])
  return useMemo(() => Object.freeze({ ...state, load: content?.load ?? loadNothing }), [state, content])
}

function loadNothing(): void {}
