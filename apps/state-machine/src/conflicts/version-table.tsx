import type { Conflict, ConflictVersion } from '@firekeep/core'
import type { ReactNode } from 'react'
import type { OfficeDocument } from '../data/office-document.js'
import { versionRows } from './version-rows.js'

/** What the columns need at least, in rem: side by side on a phone while there are two. */
const FIRST = 5
const EACH = 7

type Version = ConflictVersion<OfficeDocument>

export interface VersionTableProps {
  readonly conflict: Conflict<OfficeDocument>
  /** What stands over a version, and under it. */
  readonly head: (version: Version, index: number) => ReactNode
  readonly foot: (version: Version, index: number) => ReactNode
}

/** The versions side by side; where they differ is marked by more than a colour. */
export function VersionTable({ conflict, head, foot }: VersionTableProps) {
  const { versions } = conflict
  return (
    <div className="table-scroll">
      <table className="versions" style={{ minWidth: `${FIRST + versions.length * EACH}rem` }}>
        <thead>
          <tr>
            <td />
            {versions.map((version, index) => (
              <th key={version.clock.join()} scope="col">
                {head(version, index)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {versionRows(conflict).map(({ field, label, texts, differs }) => (
            <tr key={field} data-differs={differs || undefined}>
              <th scope="row">
                {label}
                {differs && <span className="differs">differs</span>}
              </th>
              {versions.map(({ clock }, index) => (
                <td key={clock.join()}>{texts[index] || '—'}</td>
              ))}
            </tr>
          ))}
          <tr>
            <td />
            {versions.map((version, index) => (
              <td key={version.clock.join()}>{foot(version, index)}</td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  )
}
