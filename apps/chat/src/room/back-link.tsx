import { hashOf } from '../device/route.js'
import { Icon } from '../ui/icon.js'

/** The way back to the list, on a small screen. */
export function BackLink() {
  return (
    <a className="icon-button back" href={hashOf(undefined)} aria-label="All rooms" title="All rooms">
      <Icon name="back" />
    </a>
  )
}
