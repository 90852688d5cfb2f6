import { Icon, type IconName } from './icon.js'

export interface MenuItemProps {
  readonly label: string
  readonly icon?: IconName
  /** Given: one of several, of which one is chosen. */
  readonly isChosen?: boolean
  readonly isGrave?: boolean
  readonly onSelect: () => void
}

/** A line of a {@link Menu}, which closes when it is chosen. */
export function MenuItem({ label, icon, isChosen, isGrave = false, onSelect }: MenuItemProps) {
  const isChoice = isChosen !== undefined
  return (
    <button
      type="button"
      {...(isChoice ? { role: 'menuitemradio', 'aria-checked': isChosen } : { role: 'menuitem' })}
      tabIndex={-1}
      className="menu-item"
      data-grave={isGrave || undefined}
      onClick={onSelect}
    >
      <span className="menu-icon">
        {isChoice ? isChosen && <Icon name="check" /> : icon && <Icon name={icon} />}
      </span>
      {label}
    </button>
  )
}
