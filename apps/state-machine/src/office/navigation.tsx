import { useOpenConflicts } from '../conflicts/use-open-conflicts.js'
import { hashOf, type Route } from '../device/route.js'
import { Icon, type IconName } from '../ui/icon.js'

const PLACES: readonly { readonly route: Route; readonly label: string; readonly icon: IconName }[] = [
  { route: { page: 'applications' }, label: 'Applications', icon: 'form' },
  { route: { page: 'jobs' }, label: 'Checks', icon: 'jobs' },
  { route: { page: 'conflicts' }, label: 'Conflicts', icon: 'conflict' },
]

/** The pages of the office. */
export function Navigation({ route }: { readonly route: Route }) {
  const { conflicts } = useOpenConflicts()
  return (
    <nav className="navigation" aria-label="Pages">
      {PLACES.map(place => (
        <a
          key={place.label}
          href={hashOf(place.route)}
          aria-current={place.route.page === route.page ? 'page' : undefined}
        >
          <Icon name={place.icon} />
          {place.label}
          {place.route.page === 'conflicts' && conflicts.length > 0 && (
            <span className="count">{conflicts.length}</span>
          )}
        </a>
      ))}
    </nav>
  )
}
