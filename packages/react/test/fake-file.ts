import type { LoadFileOptions, StoredFile } from '@firekeep/core'

/** An attachment of which a test decides when it has come. */
export class FakeFile implements StoredFile {
  readonly cid: string
  readonly text: string
  readonly type: string
  readonly size: number
  readonly lastModified = 0
  readonly pack: string
  /** What was asked of it. */
  readonly loads: {
    readonly options: LoadFileOptions
    readonly finish: () => void
    readonly fail: (error: Error) => void
  }[] = []

  constructor(cid: string, text = cid, type = 'image/png', pack = 'pack') {
    this.cid = cid
    this.text = text
    this.type = type
    this.pack = pack
    this.size = text.length
  }

  file(options: LoadFileOptions = {}): Promise<File> {
    return new Promise((resolve, reject) => {
      options.signal?.addEventListener('abort', () => reject(new Error('aborted')))
      const finish = () => resolve(new File([this.text], 'name', { type: this.type }))
      this.loads.push({ options, finish, fail: reject })
    })
  }

  stream(): ReadableStream<Uint8Array> {
    throw new Error('nobody streams')
  }
}
