import { type Browser, chromium } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CHROMIUM_FLAGS, findChromium } from '../../../scripts/find-chromium.mjs'
import { ChatDevice } from './chat-device.js'
import { type ChatServer, openChatServer } from './chat-server.js'
import {
  beginAs,
  chooseInRoomMenu,
  composer,
  continueAs,
  makeRoom,
  message,
  roomLink,
  say,
  searchField,
} from './chat-steps.js'
import { attach, bring, paint, pending, picture, sizeOf } from './picture-steps.js'

const CHROMIUM = findChromium()

const STEP_LIMIT = 20_000
const TEST_LIMIT = 90_000

describe.skipIf(CHROMIUM === undefined)('the built chat in Chromium', { timeout: TEST_LIMIT }, () => {
  let browser: Browser
  let server: ChatServer
  let device: ChatDevice

  beforeAll(async () => {
    if (CHROMIUM === undefined) return
    browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS })
  }, TEST_LIMIT)
  afterAll(async () => {
    await browser?.close()
  }, TEST_LIMIT)
  beforeEach(async () => {
    server = await openChatServer()
    device = await openDevice()
  }, TEST_LIMIT)
  afterEach(async () => {
    await device.close()
    await server.close()
    expect(device.complaints).toEqual([])
  }, TEST_LIMIT)

  async function openDevice(options = {}) {
    const opened = await ChatDevice.open(browser, server.url, options)
    opened.limitSteps(STEP_LIMIT)
    return opened
  }

  test('a newcomer gives a name and has a room to talk in', async () => {
    const page = await device.tab()
    await beginAs(page, 'Ada')
    await page.getByText('It is quiet in Hearth.').waitFor()
    await say(page, 'Is anybody here?')
    expect(await page.getByText('It is quiet in Hearth.').count()).toBe(0)
    expect(await composer(page).inputValue()).toBe('')
  })

  test('what one tab says shows in the other, and who is composing shows until it is sent', async () => {
    const ada = await device.tab()
    await beginAs(ada, 'Ada')
    const charles = await device.tab(new URL(ada.url()).hash)
    await continueAs(charles, 'Charles')
    await say(ada, 'Did the notes arrive?')
    await message(charles, 'Did the notes arrive?').waitFor()

    await composer(charles).pressSequentially('They did')
    const note = ada.getByText('Charles is composing…')
    await note.waitFor()
    expect(await charles.getByText('is composing…').count()).toBe(0)
    await composer(charles).press('Enter')
    await message(ada, 'They did').waitFor()
    await note.waitFor({ state: 'detached' })
  })

  test('emptying the box takes back that one is composing', async () => {
    const ada = await device.tab()
    await beginAs(ada, 'Ada')
    const charles = await device.tab(new URL(ada.url()).hash)
    await continueAs(charles, 'Charles')
    await composer(charles).pressSequentially('Hm')
    await ada.getByText('Charles is composing…').waitFor()
    await composer(charles).fill('')
    await ada.getByText('Charles is composing…').waitFor({ state: 'detached' })
  })

  test('name, room, messages and theme are there after a reload', async () => {
    const page = await device.tab()
    await beginAs(page, 'Ada')
    await makeRoom(page, 'The mill')
    await say(page, 'kept')
    await page.getByRole('button', { name: /people and settings/ }).click()
    await page.getByRole('menuitemradio', { name: 'Dark' }).click()
    await page.reload()
    await message(page, 'kept').waitFor()
    await page.getByRole('button', { name: 'Ada: people and settings' }).waitFor()
    await roomLink(page, 'Hearth').waitFor()
    expect(await page.title()).toBe('The mill · Firekeep Chat')
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark')
  })

  test('without a network the chat reloads with its messages and takes new ones', async () => {
    const page = await device.tab()
    await beginAs(page, 'Ada')
    await say(page, 'before')
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    await server.close()
    await page.reload()
    await message(page, 'before').waitFor()
    await say(page, 'after')
    await page.reload()
    await message(page, 'after').waitFor()
  })

  test('an own message can be deleted in every tab and brought back', async () => {
    const ada = await device.tab()
    await beginAs(ada, 'Ada')
    await say(ada, 'a slip')
    await say(ada, 'not this one')
    const charles = await device.tab(new URL(ada.url()).hash)
    await continueAs(charles, 'Charles')
    await message(charles, 'a slip').hover()
    expect(await charles.getByRole('button', { name: 'Delete message' }).count()).toBe(0)

    // Chromium draws a page behind another one but once a second, and a click waits for it to be drawn.
    await ada.bringToFront()
    await message(ada, 'a slip').hover()
    await message(ada, 'a slip').getByRole('button', { name: 'Delete message' }).click()
    await message(ada, 'a slip').waitFor({ state: 'detached' })
    await message(charles, 'a slip').waitFor({ state: 'detached' })
    await ada.getByRole('button', { name: 'Undo' }).click()
    await message(ada, 'a slip').waitFor()
    await message(charles, 'a slip').waitFor()
    await message(charles, 'not this one').waitFor()
  })

  test('the search finds words by how they begin and goes to where they were said', async () => {
    const page = await device.tab()
    await beginAs(page, 'Ada')
    await say(page, 'The Café has tables.')
    await say(page, 'The mill has none.')
    await searchField(page).fill('cafe tab')
    await page.getByText('1 message', { exact: true }).waitFor()
    await page.getByRole('button', { name: /Café/ }).click()
    await page.locator('[data-message]:focus', { hasText: 'The Café has tables.' }).waitFor()
    await searchField(page).fill('zebra')
    await page.getByText('Nothing about “zebra”.').waitFor()
    await page.keyboard.press('Escape')
    await message(page, 'The mill has none.').waitFor()
  })

  test('a long room shows its newest messages, older ones on demand, and goes back to one that was found', async () => {
    const page = await device.tab()
    await beginAs(page, 'Ada')
    for (let n = 1; n <= 60; n += 1) {
      await composer(page).fill(`message ${n} end`)
      await composer(page).press('Enter')
    }
    await message(page, 'message 60 end').waitFor()
    await page.reload()
    await message(page, 'message 60 end').waitFor()
    expect(await page.locator('[data-message]').count()).toBe(50)
    await page.getByRole('button', { name: 'Load older messages' }).click()
    await message(page, 'message 1 end').waitFor()
    expect(await page.getByRole('button', { name: 'Load older messages' }).count()).toBe(0)

    await searchField(page).fill('7')
    await page.getByRole('button', { name: /message 7 end/ }).click()
    await page.locator('[data-message]:focus', { hasText: 'message 7 end' }).waitFor()
    const other = await device.tab(new URL(page.url()).hash)
    await say(other, 'something new')
    await page.bringToFront()
    await page.getByRole('button', { name: /newer message|Newest messages/ }).click()
    await message(page, 'something new').waitFor()
  })

  test('a room made, renamed and left in one tab is so in the other', async () => {
    const page = await device.tab()
    await beginAs(page, 'Ada')
    const other = await device.tab()
    await page.bringToFront()
    await makeRoom(page, 'The mill')
    await other.bringToFront()
    await roomLink(other, 'The mill').click()
    await say(page, 'hello in the mill')
    await message(other, 'hello in the mill').waitFor()

    await page.bringToFront()
    await chooseInRoomMenu(page, 'Rename…')
    await page.getByLabel('Name of the room').fill('The engine')
    await page.getByRole('button', { name: 'Save' }).click()
    await other.getByRole('heading', { name: 'The engine', level: 1 }).waitFor()

    await chooseInRoomMenu(page, 'Leave room…')
    await page.getByRole('button', { name: 'Leave and delete' }).click()
    await roomLink(other, 'The engine').waitFor({ state: 'detached' })
    await other.getByText('This room is not on this device.').waitFor()
    await page.getByText('No room is open.').waitFor()
    await roomLink(page, 'Hearth').waitFor()
  })

  test('what is half-written in a room stays there while another is open', async () => {
    const page = await device.tab()
    await beginAs(page, 'Ada')
    await composer(page).fill('to be continu')
    await makeRoom(page, 'The mill')
    expect(await composer(page).inputValue()).toBe('')
    await roomLink(page, 'Hearth').click()
    await page.getByText('It is quiet in Hearth.').waitFor()
    expect(await composer(page).inputValue()).toBe('to be continu')
  })

  test('the recovery string stands behind the menu, with what losing it means', async () => {
    const page = await device.tab()
    await beginAs(page, 'Ada')
    await say(page, 'a secret')
    await chooseInRoomMenu(page, 'Recovery string…')
    await page.getByText('A lost key is lost data').waitFor()
    await page
      .getByLabel('Recovery string')
      .getByText(/^[\w-]{43}$/)
      .waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('A lost key is lost data').waitFor({ state: 'detached' })
  })

  test('everything can be done with the keyboard alone', async () => {
    const page = await device.tab()
    await page.locator(':focus[autocomplete]').waitFor()
    await page.keyboard.type('Ada')
    await page.keyboard.press('Enter')
    const box = page.locator('textarea:focus')
    await box.waitFor()
    await page.keyboard.type('first')
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('second line')
    await page.keyboard.press('Enter')
    await message(page, 'second line').waitFor()

    await page.keyboard.press('ArrowUp')
    await page.locator('[data-message]:focus').waitFor()
    await page.keyboard.press('Delete')
    await message(page, 'second line').waitFor({ state: 'detached' })
    await box.waitFor()
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Enter')
    await message(page, 'second line').waitFor()

    await page.keyboard.press('Escape')
    await page.getByRole('region', { name: 'Messages' }).focus()
    await page.keyboard.press('/')
    await page.keyboard.type('fir')
    await page.getByText('1 message', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await box.waitFor()

    await page.getByRole('button', { name: /^About / }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowDown')
    await page.locator('[role=menuitem]:focus', { hasText: 'Recovery string…' }).waitFor()
    await page.keyboard.press('Escape')
    await page.locator('button:focus[aria-haspopup=menu]').waitFor()
  })

  test('pictures are chosen, pasted and dropped, taken out again, and sent without a word or a network', async () => {
    const page = await device.tab()
    await beginAs(page, 'Ada')
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    await server.close()
    const [chosen, pasted, dropped] = [
      await paint(page, 'chosen.png', 40, 30),
      await paint(page, 'image.png', 60, 20),
      await paint(page, 'image.png', 20, 60),
    ]
    await attach(page, chosen)
    await pending(page, 'chosen.png').waitFor()
    await composer(page).focus()
    await bring(page, 'paste', pasted)
    await pending(page, 'image.png').waitFor()
    await bring(page, 'drop', dropped)
    await page.waitForFunction(() => document.querySelectorAll('.pending img').length === 3)
    await page.getByRole('button', { name: 'Remove chosen.png' }).click()
    await pending(page, 'chosen.png').waitFor({ state: 'detached' })
    await page.keyboard.press('Enter')
    expect(await sizeOf(picture(page, 'image.png'))).toBe('60 x 20')
    expect(await sizeOf(picture(page, 'image (2).png'))).toBe('20 x 60')
    expect(await page.locator('.pending').count()).toBe(0)
    await page.reload()
    expect(await sizeOf(picture(page, 'image (2).png'))).toBe('20 x 60')
  })

  test('a picture opens large by the keyboard, and comes back with its deleted message', async () => {
    const page = await device.tab()
    await beginAs(page, 'Ada')
    await attach(page, await paint(page, 'harbour.png', 400, 300))
    await pending(page, 'harbour.png').waitFor()
    await say(page, 'this evening')
    await picture(page, 'harbour.png').waitFor()
    await page.getByRole('button', { name: 'harbour.png' }).focus()
    await page.keyboard.press('Enter')
    const large = page.getByRole('dialog', { name: 'harbour.png' })
    await large.getByRole('img', { name: 'harbour.png' }).waitFor()
    await page.keyboard.press('Escape')
    await large.waitFor({ state: 'detached' })
    await page.locator('button:focus', { has: page.getByRole('img', { name: 'harbour.png' }) }).waitFor()

    await message(page, 'this evening').hover()
    await message(page, 'this evening').getByRole('button', { name: 'Delete message' }).click()
    await message(page, 'this evening').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    expect(await sizeOf(picture(page, 'harbour.png'))).toBe('400 x 300')
  })

  test('what is no picture or one too many is refused in words, and a large one sent as a smaller copy', async () => {
    const page = await device.tab()
    await beginAs(page, 'Ada')
    await attach(page, { name: 'notes.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF') })
    await page.getByText('“notes.pdf” is not a picture').waitFor()
    await attach(page, { name: 'torn.png', mimeType: 'image/png', buffer: Buffer.from('torn') })
    await page.getByText('“torn.png” is not a picture').waitFor()
    expect(await page.locator('.pending').count()).toBe(0)
    const animation = { name: 'film.gif', mimeType: 'image/gif', buffer: Buffer.alloc(9 * 1024 * 1024) }
    await attach(page, animation)
    await page.getByText('“film.gif” is too large: an animation may have up to 8 MB.').waitFor()

    const small = await paint(page, 'small.png', 4, 4)
    const wide = await paint(page, 'wide.png', 5000, 250)
    await attach(page, wide, small, small, small, small, small, small)
    await page.getByText('A message holds up to 6 pictures; 1 was left out.').waitFor()
    await page.getByText('Large pictures are sent as smaller copies').waitFor()
    await page.waitForFunction(() => document.querySelectorAll('.pending img').length === 6)
    await page.getByRole('button', { name: 'Send' }).click()
    expect(await sizeOf(picture(page, 'wide.webp'))).toBe('2048 x 102')
    expect(await sizeOf(picture(page, 'small (5).png'))).toBe('4 x 4')
  })

  test('a phone shows the list or a room, with a way back', async () => {
    await device.close()
    device = await openDevice({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
    const page = await device.tab()
    await beginAs(page, 'Ada')
    expect(await roomLink(page, 'Hearth').isVisible()).toBe(false)
    await say(page, 'from the phone')
    await message(page, 'from the phone').tap()
    await message(page, 'from the phone').getByRole('button', { name: 'Delete message' }).waitFor()
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBe(390)
    await page.getByRole('link', { name: 'All rooms' }).tap()
    await roomLink(page, 'Hearth').tap()
    await message(page, 'from the phone').waitFor()
  })
})
