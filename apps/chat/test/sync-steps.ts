import type { Page } from 'playwright-core'
import { chooseInRoomMenu } from './chat-steps.js'

/** The link that the dialog in front shows, once it is made. */
async function shownLink(page: Page): Promise<string> {
  await page
    .getByRole('dialog')
    .getByRole('img', { name: /^QR code / })
    .waitFor()
  return page.getByLabel('Link', { exact: true }).inputValue()
}

/** An invitation to the room that is open. */
export async function inviteLink(
  page: Page,
  permission: 'Can write' | 'Read only' = 'Can write',
): Promise<string> {
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  const choice = page.getByRole('radio', { name: permission })
  if ((await choice.count()) > 0) await choice.check()
  const link = await shownLink(page)
  await page.getByRole('button', { name: 'Close' }).click()
  return link
}

/** The link for another device of the user. */
export async function deviceLink(page: Page): Promise<string> {
  await page.getByRole('button', { name: /people and settings/ }).click()
  await page.getByRole('menuitem', { name: 'Use on another device…' }).click()
  const link = await shownLink(page)
  await page.getByRole('button', { name: 'Close' }).click()
  return link
}

/** A newcomer who was invited gives a name and is in the room. */
export async function joinAs(page: Page, name: string, title: string): Promise<void> {
  await page.getByLabel('Your name').fill(name)
  await page.getByRole('button', { name: 'Join' }).click()
  await page.getByRole('heading', { name: title, level: 1 }).waitFor()
}

/** What is said in the room, from top to bottom. */
export function conversation(page: Page): Promise<readonly string[]> {
  return page.locator('[data-message] .message-text').allTextContents()
}

/** Until the room says this of its way to the others; '' when all is well. */
export async function untilSync(page: Page, text: RegExp | ''): Promise<void> {
  const note = page.locator('.room-header .sync-note')
  if (text !== '') return note.filter({ hasText: text }).waitFor()
  await page.locator('.room-header .sync-note[data-state=live]').waitFor({ state: 'attached' })
}

export async function leaveRoom(page: Page): Promise<void> {
  await chooseInRoomMenu(page, 'Leave room…')
  await page.getByRole('button', { name: 'Leave and delete' }).click()
  await page.getByText('No room is open.').waitFor()
}
