import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CHROMIUM_FLAGS, findChromium } from '../../../scripts/find-chromium.mjs'
import { ChatDevice } from './chat-device.js'
import { beginAs, composer, makeRoom, message, roomLink, say } from './chat-steps.js'
import { attach, paint, pending, picture, sizeOf } from './picture-steps.js'
import { SyncHost } from './sync-host.js'
import { conversation, deviceLink, inviteLink, joinAs, leaveRoom, untilSync } from './sync-steps.js'

const CHROMIUM = findChromium()

/** Room for a wait between two tries of a client. */
const STEP_LIMIT = 40_000
const TEST_LIMIT = 150_000

describe.skipIf(CHROMIUM === undefined)('the built chat and a sync server', { timeout: TEST_LIMIT }, () => {
  let browser: Browser
  let host: SyncHost
  let devices: ChatDevice[] = []

  beforeAll(async () => {
    if (CHROMIUM === undefined) return
    browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS })
  }, TEST_LIMIT)
  afterAll(async () => {
    await browser?.close()
  }, TEST_LIMIT)
  beforeEach(async () => {
    host = await SyncHost.open()
  }, TEST_LIMIT)
  afterEach(async () => {
    await Promise.all(devices.map(device => device.close()))
    await host.close()
    const complaints = devices.flatMap(device => device.complaints)
    devices = []
    expect(complaints.filter(isOfOurs)).toEqual([])
  }, TEST_LIMIT)

  async function openDevice(options = {}): Promise<ChatDevice> {
    const device = await ChatDevice.open(browser, host.url, options)
    device.limitSteps(STEP_LIMIT)
    devices.push(device)
    return device
  }

  async function openPage(link?: string): Promise<Page> {
    const device = await openDevice()
    return link === undefined ? device.tab() : device.visit(link)
  }

  /** Ada is in a room, and Charles and Mary came by her invitation. */
  async function threeInARoom() {
    const ada = await openPage()
    await beginAs(ada, 'Ada')
    await say(ada, 'one')
    const link = await inviteLink(ada)
    const charles = await openPage(link)
    await joinAs(charles, 'Charles', 'Hearth')
    const mary = await openPage(link)
    await joinAs(mary, 'Mary', 'Hearth')
    return { ada, charles, mary, link }
  }

  async function allSay(pages: readonly Page[], texts: readonly string[]): Promise<void> {
    for (const page of pages) {
      for (const text of texts) await message(page, text).waitFor()
      expect(await conversation(page)).toEqual(texts)
    }
  }

  test('an invitation lets people talk, and see who is composing', async () => {
    const { ada, charles, mary, link } = await threeInARoom()
    expect(new URL(charles.url()).search).toBe('')
    expect(charles.url()).not.toContain('fk1')
    expect(link).toContain('?join=room#fk1.')
    await message(charles, 'one').waitFor()
    await message(mary, 'one').waitFor()
    await say(charles, 'two')
    await message(ada, 'two').waitFor()
    await composer(ada).pressSequentially('thr')
    await charles.getByText('Ada is composing…').waitFor()
    await mary.getByText('Ada is composing…').waitFor()
    await composer(ada).fill('three')
    await composer(ada).press('Enter')
    await allSay([ada, charles, mary], ['one', 'two', 'three'])
    await charles.getByText('Ada is composing…').waitFor({ state: 'detached' })
  })

  test('who was offline and the others agree in the end, and nothing is lost by a reload', async () => {
    const { ada, charles, mary } = await threeInARoom()
    await message(mary, 'one').waitFor()
    await mary.context().setOffline(true)
    await say(mary, 'two, from the tunnel')
    await untilSync(mary, /1 message waits for a connection/)
    await message(mary, 'two, from the tunnel').getByText('Not sent yet').waitFor()
    expect(await message(mary, 'one').getByText('Not sent yet').count()).toBe(0)
    await say(ada, 'three')
    await message(charles, 'three').waitFor()
    await say(charles, 'four')
    await message(ada, 'four').waitFor()
    await mary.context().setOffline(false)
    const texts = ['one', 'two, from the tunnel', 'three', 'four']
    await allSay([ada, charles, mary], texts)
    await message(mary, 'two, from the tunnel').getByText('Not sent yet').waitFor({ state: 'detached' })
    for (const page of [ada, charles, mary]) await page.reload()
    await allSay([ada, charles, mary], texts)
    await untilSync(mary, '')
  })

  test('a server that is stopped and started again goes on where it was', async () => {
    const { ada, charles } = await threeInARoom()
    await message(charles, 'one').waitFor()
    await host.stopSync()
    await untilSync(ada, /^Offline/)
    await say(ada, 'two')
    await untilSync(ada, /1 message waits/)
    await say(charles, 'three')
    await host.startSync()
    await allSay([ada, charles], ['one', 'two', 'three'])
  })

  test('who may only read sees everything and cannot write, until an invitation lets him', async () => {
    const ada = await openPage()
    await beginAs(ada, 'Ada')
    await say(ada, 'for all to read')
    const device = await openDevice()
    const reader = await device.visit(await inviteLink(ada, 'Read only'))
    await joinAs(reader, 'Reader', 'Hearth')
    await message(reader, 'for all to read').waitFor()
    await reader.getByText('You can read this room.').waitFor()
    expect(await composer(reader).count()).toBe(0)
    await say(ada, 'and this')
    await message(reader, 'and this').waitFor()
    await reader.getByRole('button', { name: 'Invite', exact: true }).click()
    expect(await reader.getByRole('radio').count()).toBe(0)
    await reader.getByRole('button', { name: 'Close' }).click()

    const writer = await device.visit(await inviteLink(ada))
    await writer.getByText('This invitation lets you write in it, too.').waitFor()
    await writer.getByRole('button', { name: 'Join' }).click()
    await say(writer, 'now I can')
    await message(ada, 'now I can').waitFor()
  })

  test('an invitation for somebody who has rooms adds one, and opening it again goes there', async () => {
    const ada = await openPage()
    await beginAs(ada, 'Ada')
    await makeRoom(ada, 'The mill')
    await say(ada, 'welcome to the mill')
    const link = await inviteLink(ada)
    const device = await openDevice()
    const charles = await device.tab()
    await beginAs(charles, 'Charles')
    await say(charles, 'my own hearth')
    const second = await device.visit(link)
    await second.getByRole('button', { name: 'Join' }).click()
    await message(second, 'welcome to the mill').waitFor()
    await roomLink(charles, 'The mill').waitFor()
    const third = await device.visit(link)
    await message(third, 'welcome to the mill').waitFor()
    expect(await roomLink(third, 'The mill').count()).toBe(1)
    await leaveRoom(third)
    const fourth = await device.visit(link)
    await fourth.getByRole('button', { name: 'Join' }).click()
    await message(fourth, 'welcome to the mill').waitFor()
    expect(await message(fourth, 'my own hearth').count()).toBe(0)
  })

  test('a damaged invitation says so, to newcomers and others', async () => {
    const device = await openDevice()
    const newcomer = await device.visit(`${host.url}?join=room#fk1.AAAA`)
    await newcomer.getByText('The link was cut off or mistyped on its way.').waitFor()
    await beginAs(newcomer, 'Ada')
    const user = await device.visit(`${host.url}?join=room#fk1.AAAA`)
    await user.getByRole('dialog').getByText('The link was cut off or mistyped on its way.').waitFor()
    await user.getByRole('button', { name: 'Close' }).click()
    await user.getByText('No room is open.').waitFor()
  })

  test('a room made without a server gets a link when there is one, and rooms made offline have one', async () => {
    host.hideServer()
    const device = await openDevice()
    const ada = await device.tab()
    await beginAs(ada, 'Ada')
    await say(ada, 'before there was a server')
    expect(await ada.getByRole('button', { name: 'Invite', exact: true }).count()).toBe(0)
    await ada.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    host.nameServer()
    await ada.reload()
    const charles = await openPage(await inviteLink(ada))
    await joinAs(charles, 'Charles', 'Hearth')
    await message(charles, 'before there was a server').waitFor()

    await ada.context().setOffline(true)
    await ada.reload()
    await makeRoom(ada, 'The tunnel')
    await say(ada, 'in the dark')
    const link = await inviteLink(ada)
    await ada.context().setOffline(false)
    const mary = await openPage(link)
    await joinAs(mary, 'Mary', 'The tunnel')
    await message(mary, 'in the dark').waitFor()
  })

  test('a picture is there for others at once, and loaded when they look at it', async () => {
    const ada = await openPage()
    await beginAs(ada, 'Ada')
    await attach(ada, await paint(ada, 'harbour.png', 600, 400))
    await pending(ada, 'harbour.png').waitFor()
    await say(ada, 'this evening')
    const LINES = 200
    await say(ada, Array.from({ length: LINES }, (_, line) => `line ${line}`).join('\n'))
    const mary = await openPage(await inviteLink(ada))
    await joinAs(mary, 'Mary', 'Hearth')
    const waiting = mary.getByRole('img', { name: 'harbour.png, not loaded yet' })
    await waiting.waitFor()
    const frame = mary.locator('.picture')
    const before = await frame.boundingBox()

    await host.stopSync()
    await message(mary, 'this evening').scrollIntoViewIfNeeded()
    await mary.getByText('This picture is not on this device and cannot be fetched now.').waitFor()
    await host.startSync()
    await mary.getByRole('button', { name: 'Try to load harbour.png again' }).click()
    expect(await sizeOf(picture(mary, 'harbour.png'))).toBe('600 x 400')
    const after = await frame.boundingBox()
    expect([after?.width, after?.height]).toEqual([before?.width, before?.height])

    await host.stopSync()
    await mary.reload()
    await message(mary, 'this evening').scrollIntoViewIfNeeded()
    expect(await sizeOf(picture(mary, 'harbour.png'))).toBe('600 x 400')
  })

  test('a second device of a user has all people and rooms, and they stay the same', async () => {
    const first = await openPage()
    await beginAs(first, 'Ada')
    await say(first, 'by the fire')
    await makeRoom(first, 'The mill')
    await say(first, 'grinding')
    const second = await openPage(await deviceLink(first))
    await second.getByText('Welcome, Ada').waitFor()
    await second.getByRole('button', { name: 'Use this device' }).click()
    await second.getByRole('button', { name: 'Ada: people and settings' }).waitFor()
    await roomLink(second, 'The mill').click()
    await message(second, 'grinding').waitFor()
    await roomLink(second, 'Hearth').click()
    await message(second, 'by the fire').waitFor()
    await say(second, 'from my phone')
    await makeRoom(second, 'The attic')
    await say(second, 'dusty')
    await roomLink(first, 'The attic').click()
    await message(first, 'dusty').waitFor()
    await roomLink(first, 'Hearth').click()
    const own = first.locator('.turn[data-own] [data-message]', { hasText: 'from my phone' })
    await own.waitFor()
    await second.reload()
    await message(second, 'dusty').waitFor()
  })

  test('a device with rooms of its own asks before it switches, and can switch back', async () => {
    const first = await openPage()
    await beginAs(first, 'Ada')
    await say(first, 'by the fire')
    const link = await deviceLink(first)
    const device = await openDevice()
    const before = await device.tab()
    await beginAs(before, 'Adele')
    await say(before, 'mine alone')
    const second = await device.visit(link)
    await second.getByText('Nothing is deleted or mixed').waitFor()
    await second.getByRole('button', { name: 'Switch' }).click()
    await second.getByRole('button', { name: 'Ada: people and settings' }).waitFor()
    await roomLink(second, 'Hearth').click()
    await message(second, 'by the fire').waitFor()
    await second.getByRole('button', { name: 'Ada: people and settings' }).click()
    await second.getByRole('menuitem', { name: 'Other rooms on this device…' }).click()
    await second.getByRole('button', { name: 'Adele · 1 room' }).click()
    await second.getByRole('button', { name: 'Adele: people and settings' }).waitFor()
    await roomLink(second, 'Hearth').click()
    await message(second, 'mine alone').waitFor()
    expect(await message(second, 'by the fire').count()).toBe(0)
  })
})

/** A server or network that is away is complained of by the browser itself. */
function isOfOurs(complaint: string): boolean {
  return !/net::ERR_|WebSocket connection to/.test(complaint)
}
