import { useState } from 'react'
import { chooseTheme, THEMES, themeChoice } from '../device/theme-choice.js'
import { useChoice } from '../device/use-choice.js'
import { Icon } from '../ui/icon.js'
import { Menu } from '../ui/menu.js'
import { MenuGroup } from '../ui/menu-group.js'
import { MenuItem } from '../ui/menu-item.js'
import { NameDialog } from './name-dialog.js'
import { useMe } from './use-me.js'

export interface PersonMenuProps {
  /** Missing where there is no server to invite through. */
  readonly onInvite: (() => void) | undefined
}

/** Who works on this device, and what belongs to the device. */
export function PersonMenu({ onInvite }: PersonMenuProps) {
  const me = useMe()
  const theme = useChoice(themeChoice) ?? 'system'
  const [isNaming, setNaming] = useState(false)
  const trigger = (
    <>
      <Icon name="person" />
      <span className="person-name">{me.name}</span>
    </>
  )
  return (
    <>
      <Menu label={`${me.name}: settings`} className="person-button" side="down" trigger={trigger}>
        {onInvite && <MenuItem label="Invite a colleague…" icon="invite" onSelect={onInvite} />}
        <MenuItem label="Change name…" icon="pencil" onSelect={() => setNaming(true)} />
        <hr />
        <MenuGroup title="Theme">
          {THEMES.map(each => (
            <MenuItem
              key={each}
              label={THEME_LABELS[each]}
              isChosen={each === theme}
              onSelect={() => chooseTheme(each)}
            />
          ))}
        </MenuGroup>
      </Menu>
      {isNaming && <NameDialog name={me.name} onClose={() => setNaming(false)} />}
    </>
  )
}

const THEME_LABELS = { system: 'As the system', light: 'Light', dark: 'Dark' } as const
