import type { ReactNode } from 'react'
import { Mark } from './mark.js'

/** A page with one thing on it, in the middle. */
export function Page({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <main className="page">
      <div className="page-card">
        <Mark />
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  )
}
