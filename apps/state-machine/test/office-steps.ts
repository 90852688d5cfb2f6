import type { Locator, Page } from 'playwright-core'

/** A newcomer gives a name and a role and has an office. */
export async function beginAs(page: Page, name: string, role: string): Promise<void> {
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('Your role').selectOption(role)
  await page.getByRole('button', { name: /^(Open an office|Join)$/ }).click()
  await page.getByRole('heading', { name: 'Applications' }).waitFor()
}

export async function actAs(page: Page, role: string): Promise<void> {
  await page.getByLabel('Act as').selectOption(role)
}

/** The link that lets a colleague in. */
export async function inviteLink(page: Page): Promise<string> {
  await page.getByRole('button', { name: /: settings$/ }).click()
  await page.getByRole('menuitem', { name: 'Invite a colleague…' }).click()
  await page.getByRole('img', { name: /^QR code / }).waitFor()
  const link = await page.getByLabel('Link', { exact: true }).inputValue()
  await page.getByRole('button', { name: 'Close' }).click()
  return link
}

/** Opens an application and is on its page. */
export async function openApplication(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'New' }).click()
  await page.getByLabel('Full name').fill(name)
  await page.getByLabel('Born').fill('1990-05-17')
  await page.getByLabel('Address').fill('Mill Lane 1')
  await page.getByRole('button', { name: 'Open application' }).click()
  await page.getByRole('heading', { name, level: 2 }).waitFor()
}

export function row(page: Page, name: string): Locator {
  return page.locator('.list .row', { hasText: name })
}

/** Until the open application is in a state. */
export async function untilState(page: Page, state: string): Promise<void> {
  await page.locator('.detail-head .badge', { hasText: state }).waitFor()
}

export async function goTo(page: Page, place: 'Applications' | 'Checks' | 'Conflicts'): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: place }).click()
}

/** The state of the office in a few letters, as the status bar shows it. */
export async function fingerprint(page: Page): Promise<string> {
  return (await page.locator('.fingerprint code').textContent()) ?? ''
}

/** Until the app could start without a network. */
export async function untilKept(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
}

/** Takes a step that needs no reason. */
export async function step(page: Page, label: string): Promise<void> {
  await page.getByRole('button', { name: label, exact: true }).click()
}

/** Takes a step that needs one. */
export async function stepBecause(page: Page, label: string, reason: string): Promise<void> {
  await page.getByRole('button', { name: `${label}…`, exact: true }).click()
  await page.getByLabel('Reason').fill(reason)
  await page.getByRole('dialog').getByRole('button', { name: label, exact: true }).click()
}

/** Until both show the same state of the office. */
export async function untilEqual(one: Page, other: Page): Promise<void> {
  const deadline = Date.now() + UNTIL_EQUAL
  while ((await fingerprint(one)) !== (await fingerprint(other))) {
    if (Date.now() > deadline) throw new Error('The fingerprints stay different.')
    await one.waitForTimeout(POLL)
  }
}

const UNTIL_EQUAL = 20_000
const POLL = 50
