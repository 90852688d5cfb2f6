import type { ReactNode } from 'react'

/** Lines of a {@link Menu} that belong together, under a title. */
export function MenuGroup({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <fieldset className="menu-group">
      <legend>{title}</legend>
      {children}
    </fieldset>
  )
}
