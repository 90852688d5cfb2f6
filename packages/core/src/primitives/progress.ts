/** How far long work has come. */
export interface Progress {
  /** Documents that are done. */
  readonly done: number
  /** All there are, where that is known without counting them. */
  readonly total?: number | undefined
}
