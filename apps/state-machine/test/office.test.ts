import { join } from 'node:path'
import { createCanvas } from '@napi-rs/canvas'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CHROMIUM_FLAGS, findChromium } from '../../../scripts/find-chromium.mjs'
import { accessibilityProblems } from './axe.js'
import { OfficeDevice } from './office-device.js'
import { OfficeHost } from './office-host.js'
import {
  actAs,
  beginAs,
  fingerprint,
  goTo,
  inviteLink,
  openApplication,
  row,
  step,
  stepBecause,
  untilEqual,
  untilKept,
  untilState,
} from './office-steps.js'
import { OfficeWorker } from './office-worker.js'
import { samplePdf } from './sample-pdf.js'

const CHROMIUM = findChromium()
const STEP_LIMIT = 20_000
const TEST_LIMIT = 90_000
const DESKTOP = { viewport: { width: 1_280, height: 800 } }
const PHONE = { viewport: { width: 390, height: 844 } }

describe.skipIf(CHROMIUM === undefined)('the built office in Chromium', { timeout: TEST_LIMIT }, () => {
  let browser: Browser
  let host: OfficeHost
  let devices: OfficeDevice[] = []
  let workers: OfficeWorker[] = []

  beforeAll(async () => {
    if (CHROMIUM === undefined) return
    browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS })
  }, TEST_LIMIT)
  afterAll(async () => {
    await browser?.close()
  }, TEST_LIMIT)
  beforeEach(async () => {
    host = await OfficeHost.open()
  }, TEST_LIMIT)
  afterEach(async () => {
    await Promise.all([
      ...devices.map(device => device.close()),
      ...workers.map(worker => worker.end('SIGKILL')),
    ])
    await host.close()
    const complaints = devices.flatMap(device => device.complaints)
    devices = []
    workers = []
    expect(complaints).toEqual([])
  }, TEST_LIMIT)

  async function openDevice(options = DESKTOP): Promise<OfficeDevice> {
    const device = await OfficeDevice.open(browser, options)
    device.limitSteps(STEP_LIMIT)
    devices.push(device)
    return device
  }

  function startWorker(link: string, folder: string): OfficeWorker {
    const worker = new OfficeWorker({ link, dir: join(host.dir, folder), pace: 700, lease: 2_000 })
    workers.push(worker)
    return worker
  }

  /** Ada and Charles are in one office. */
  async function twoInAnOffice() {
    const [first, second] = [await openDevice(), await openDevice()]
    const ada = await first.visit(host.url)
    await beginAs(ada, 'Ada', 'examiner')
    const link = await inviteLink(ada)
    const charles = await second.visit(link)
    await beginAs(charles, 'Charles', 'approver')
    expect(charles.url()).not.toContain('fk1')
    return { first, second, ada, charles, link }
  }

  /** Opens an application and takes it as far as the approval. */
  async function bringToApproval(page: Page, name: string): Promise<void> {
    await openApplication(page, name)
    await actAs(page, 'applicant')
    await step(page, 'Submit')
    await actAs(page, 'examiner')
    await step(page, 'Begin the test')
    await step(page, 'Test passed')
    await untilState(page, 'Approval')
    expect(await page.getByRole('button', { name: 'Approve', exact: true }).count()).toBe(0)
  }

  test('two who decide differently offline find it in the inbox, and agree to the letter once it is settled', async () => {
    const { first, second, ada, charles } = await twoInAnOffice()
    await bringToApproval(ada, 'Grace Hopper')
    await row(charles, 'Grace Hopper').click()
    await untilState(charles, 'Approval')
    const items = charles.locator('.timeline-item')
    await items.filter({ hasText: /Ada.*recorded a passed test/ }).waitFor()
    await items.filter({ hasText: /Ada.*opened the application/ }).waitFor()
    await items.first().getByRole('button', { name: 'Check signature' }).click()
    await items.first().getByText('Right: signed with').waitFor()
    await untilEqual(ada, charles)
    for (const page of [ada, charles]) await untilKept(page)
    await Promise.all([first.setOffline(true), second.setOffline(true)])
    await charles.reload()
    await untilState(charles, 'Approval')
    await actAs(ada, 'approver')
    await step(ada, 'Approve')
    await untilState(ada, 'Printing')
    await stepBecause(charles, 'Reject', 'The photo shows somebody else.')
    await untilState(charles, 'Rejected')
    await ada.getByText('Offline · changes wait').waitFor()
    expect(await fingerprint(ada)).not.toBe(await fingerprint(charles))
    await Promise.all([first.setOffline(false), second.setOffline(false)])

    await goTo(charles, 'Conflicts')
    const card = charles.locator('.conflict', { hasText: 'Grace Hopper' })
    await card.waitFor()
    await card.getByText('The photo shows somebody else.').waitFor()
    expect(await card.locator('tr[data-differs] th').allTextContents()).toEqual([
      'Statediffers',
      'Remarkdiffers',
    ])
    await card.getByText('Ada', { exact: true }).waitFor()
    await card.getByText('Charles', { exact: true }).waitFor()
    expect(await accessibilityProblems(charles)).toEqual([])
    await card.getByRole('button', { name: 'Write a third version…' }).click()
    await charles.getByLabel('State').selectOption('rejected')
    await charles.getByLabel('Remark').fill('Both looked again: rejected.')
    await charles.getByRole('button', { name: 'Settle' }).click()
    await charles.getByText('All agree.').waitFor()
    await untilState(ada, 'Rejected')
    await ada.locator('.timeline').getByText('Both looked again: rejected.').waitFor()
    await untilEqual(ada, charles)
  })

  test('looking back shows the office as it was, to look at only', async () => {
    const device = await openDevice()
    const page = await device.visit(host.url)
    await beginAs(page, 'Ada', 'applicant')
    await openApplication(page, 'Grace Hopper')
    await step(page, 'Submit')
    await untilState(page, 'Submitted')
    await openApplication(page, 'Charles Babbage')
    await row(page, 'Grace Hopper').click()
    await untilState(page, 'Submitted')
    await page.getByRole('button', { name: 'Look back' }).click()
    const slider = page.getByRole('slider', { name: 'Moment of the office’s history' })
    await slider.press('ArrowLeft')
    await slider.press('ArrowLeft')
    await row(page, 'Charles Babbage').waitFor({ state: 'detached' })
    await untilState(page, 'Submitted')
    await slider.press('ArrowLeft')
    await untilState(page, 'Draft')
    await page.getByText('The past, to look at only.').waitFor()
    expect(await page.getByRole('button', { name: 'Submit' }).count()).toBe(0)
    expect(await page.getByRole('button', { name: 'New' }).count()).toBe(0)
    await slider.press('Home')
    await page.getByText('It did not exist yet.').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await page.getByRole('button', { name: 'Back to now' }).click()
    await untilState(page, 'Submitted')
    await row(page, 'Charles Babbage').waitFor()
  })

  test('a worker that is killed in the middle of a check is replaced by the next one', async () => {
    const device = await openDevice()
    const page = await device.visit(host.url)
    await beginAs(page, 'Ada', 'applicant')
    const link = await inviteLink(page)
    for (const name of ['Grace Hopper', 'Charles Babbage']) {
      await openApplication(page, name)
      await step(page, 'Submit')
      await untilState(page, 'Submitted')
    }
    await goTo(page, 'Checks')
    await page.getByRole('button', { name: 'Check 2 applicants before the test' }).click()
    const underWay = page.getByRole('region', { name: 'Under way' })
    const results = page.getByRole('region', { name: 'Results' })
    await underWay.getByText('Waiting').first().waitFor()
    const first = startWorker(link, 'one')
    await first.until('check of Grace Hopper: begins')
    await underWay.getByText('Running').first().waitFor()
    await first.end('SIGKILL')
    expect(await results.locator('.job').count()).toBe(0)
    const second = startWorker(link, 'two')
    for (const name of ['Grace Hopper', 'Charles Babbage']) await results.getByText(name).waitFor()
    await underWay.getByText('Nothing waits.').waitFor()
    expect(second.lines.some(line => line.includes('attempt 2'))).toBe(true)
    expect(await second.end('SIGTERM')).toBe(0)
    expect(await accessibilityProblems(page)).toEqual([])
  })

  test('pictures and PDFs get thumbnails from a worker, also those that were there before it', async () => {
    const { ada, charles, link } = await twoInAnOffice()
    await openApplication(ada, 'Grace Hopper')
    await row(charles, 'Grace Hopper').click()
    const field = ada.getByLabel('Add… pictures or PDFs')
    await field.setInputFiles({ name: 'pass.png', mimeType: 'image/png', buffer: await picture() })
    await ada.getByText('thumbnail waits for a worker').waitFor()
    const worker = startWorker(link, 'one')
    await charles.getByRole('img', { name: 'Thumbnail of pass.png' }).waitFor()
    const pdf = { name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from(samplePdf('Pass')) }
    await field.setInputFiles(pdf)
    for (const page of [charles, ada]) {
      const image = page.getByRole('img', { name: 'Thumbnail of letter.pdf' })
      await image.waitFor()
      expect(
        await image.evaluate((element: HTMLImageElement) =>
          element.decode().then(() => element.naturalHeight),
        ),
      ).toBe(320)
    }
    const [download] = await Promise.all([
      charles.waitForEvent('download'),
      charles.getByRole('button', { name: 'Download letter.pdf' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('letter.pdf')
    await field.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('x') })
    await ada.getByText('“notes.txt” is neither a picture nor a PDF.').waitFor()
    expect(await worker.end('SIGTERM')).toBe(0)
  })

  test('on a phone the list leads to the application and back, by keyboard too, in light and dark', async () => {
    const device = await openDevice(PHONE)
    const page = await device.visit(host.url)
    expect(await accessibilityProblems(page)).toEqual([])
    await beginAs(page, 'Ada', 'applicant')
    expect(await accessibilityProblems(page)).toEqual([])
    await openApplication(page, 'Grace Hopper')
    expect(await page.getByRole('heading', { name: 'Applications' }).isVisible()).toBe(false)
    await page.getByRole('link', { name: 'All applications' }).click()
    expect(await row(page, 'Grace Hopper').evaluate(element => element === document.activeElement)).toBe(true)
    await page.keyboard.press('Enter')
    await untilState(page, 'Draft')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Grace Hopper')
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await accessibilityProblems(page)).toEqual([])
    }
    await page.getByRole('button', { name: 'Correct…' }).click()
    expect(await accessibilityProblems(page)).toEqual([])
    await page.getByLabel('Address').fill('')
    await page.keyboard.press('Tab')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The address is missing.').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  })
})

async function picture(): Promise<Buffer> {
  const canvas = createCanvas(600, 400)
  const context = canvas.getContext('2d')
  context.fillStyle = '#b4431a'
  context.fillRect(100, 100, 400, 200)
  return canvas.encode('png')
}
