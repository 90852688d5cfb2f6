import type { Stored } from '@firekeep/core'
import { useFirekeep } from '@firekeep/react'
import { useState } from 'react'
import { HOME_SERVER, type HomeServer, type Person, type UserDocument } from '../data/user-document.js'
import { useUserDocument } from '../data/user-hooks.js'
import { homeChoice } from '../device/home-choice.js'
import { personChoice } from '../device/person-choice.js'
import { chooseTheme, THEMES, themeChoice } from '../device/theme-choice.js'
import { useChoice } from '../device/use-choice.js'
import { useSyncServer } from '../device/use-sync-server.js'
import { Menu } from '../ui/menu.js'
import { MenuGroup } from '../ui/menu-group.js'
import { MenuItem } from '../ui/menu-item.js'
import { Monogram } from '../ui/monogram.js'
import { RecoveryDialog } from '../ui/recovery-dialog.js'
import { HomesDialog } from './homes-dialog.js'
import { NewPersonDialog } from './new-person-dialog.js'
import { OtherDeviceDialog } from './other-device-dialog.js'
import { PersonNameDialog } from './person-name-dialog.js'

export interface PersonMenuProps {
  readonly person: Stored<Person>
  readonly people: readonly Stored<Person>[]
}

/** Who writes in this tab, and what belongs to them and to the device. */
export function PersonMenu({ person, people }: PersonMenuProps) {
  const [dialog, setDialog] = useState<'add' | 'rename' | 'device' | 'homes' | 'recovery'>()
  const theme = useChoice(themeChoice) ?? 'system'
  const database = useFirekeep<UserDocument>()
  const { doc: home } = useUserDocument<HomeServer>(HOME_SERVER)
  const known = useSyncServer()
  const server = home?.url ?? known?.url
  const hasOtherHomes = useChoice(homeChoice) !== undefined
  const close = () => setDialog(undefined)
  const trigger = (
    <>
      <Monogram name={person.name} seed={person._id} />
      <span className="person-name">{person.name}</span>
    </>
  )
  return (
    <>
      <Menu
        label={`${person.name}: people and settings`}
        className="person-button"
        side="up"
        trigger={trigger}
      >
        <MenuGroup title="Write in this tab as">
          {people.map(({ _id, name }) => (
            <MenuItem
              key={_id}
              label={name}
              isChosen={_id === person._id}
              onSelect={() => personChoice.choose(_id)}
            />
          ))}
        </MenuGroup>
        <MenuItem label="Add a person…" icon="plus" onSelect={() => setDialog('add')} />
        <MenuItem label="Change name…" icon="pencil" onSelect={() => setDialog('rename')} />
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
        <hr />
        {server !== undefined && (
          <MenuItem label="Use on another device…" icon="devices" onSelect={() => setDialog('device')} />
        )}
        {hasOtherHomes && (
          <MenuItem label="Other rooms on this device…" icon="leave" onSelect={() => setDialog('homes')} />
        )}
        <MenuItem label="Recovery string…" icon="key" onSelect={() => setDialog('recovery')} />
      </Menu>
      {dialog === 'add' && <NewPersonDialog onClose={close} />}
      {dialog === 'rename' && <PersonNameDialog personId={person._id} onClose={close} />}
      {dialog === 'device' && server !== undefined && (
        <OtherDeviceDialog name={person.name} server={server} onClose={close} />
      )}
      {dialog === 'homes' && <HomesDialog current={database.name} onClose={close} />}
      {dialog === 'recovery' && (
        <RecoveryDialog subject="your list of rooms and people" database={database.name} onClose={close} />
      )}
    </>
  )
}

const THEME_LABELS = { system: 'As the system', light: 'Light', dark: 'Dark' } as const
