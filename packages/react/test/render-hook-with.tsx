import type { Database } from '@firekeep/core'
import { renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { FirekeepProvider } from '../src/firekeep-provider.js'

export interface HookRecord<Result, Props> {
  readonly result: { readonly current: Result }
  readonly rerender: (props?: Props) => void
  readonly unmount: () => void
  /** What every render returned, first to last, with the props it was for. */
  readonly renders: { readonly props: Props; readonly result: Result }[]
}

/** Renders a hook under a provider and keeps all it returns. */
export function renderHookWith<Result, Props>(
  database: Database,
  useIt: (props: Props) => Result,
  options: { readonly initialProps?: Props; readonly strict?: boolean } = {},
): HookRecord<Result, Props> {
  const renders: { props: Props; result: Result }[] = []
  const wrapper = ({ children }: { children: ReactNode }) => (
    <FirekeepProvider database={database}>{children}</FirekeepProvider>
  )
  const record = (props: Props) => {
    const result = useIt(props)
    renders.push({ props, result })
    return result
  }
  const { initialProps, strict = false } = options
  const { result, rerender, unmount } = renderHook(record, {
    wrapper,
    reactStrictMode: strict,
    ...(initialProps !== undefined && { initialProps }),
  })
  return { result, unmount, renders, rerender: props => rerender(props as Props & {}) }
}
