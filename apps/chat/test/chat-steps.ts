import type { Locator, Page } from 'playwright-core'

/** A newcomer gives a name and is in the first room. */
export async function beginAs(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name)
  await page.getByRole('button', { name: 'Begin' }).click()
  await composer(page).waitFor()
}

/** Somebody else writes in this tab from now on. */
export async function continueAs(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /people and settings/ }).click()
  await page.getByRole('menuitem', { name: 'Add a person…' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill(name)
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('button', { name: `${name}: people and settings` }).waitFor()
}

export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await composer(page).press('Enter')
  await message(page, text).waitFor()
}

export function composer(page: Page): Locator {
  return page.getByRole('textbox', { name: /^Message to / })
}

export function message(page: Page, text: string): Locator {
  return page.locator('[data-message]', { hasText: text })
}

export function searchField(page: Page): Locator {
  return page.getByRole('textbox', { name: 'Search this room' })
}

export function roomLink(page: Page, title: string): Locator {
  return page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: title, exact: true })
}

export async function makeRoom(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: 'New room' }).first().click()
  await page.getByLabel('Name of the room').fill(title)
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { name: title, level: 1 }).waitFor()
}

export async function chooseInRoomMenu(page: Page, item: string): Promise<void> {
  await page.getByRole('button', { name: /^About / }).click()
  await page.getByRole('menuitem', { name: item }).click()
}
