import { expect } from 'vitest'
import { CID } from '../../src/codec/cid.js'
import { openCore } from '../../src/database/open-core.js'
import { parseOptions } from '../../src/database/options.js'
import type { FirekeepError } from '../../src/errors.js'
import type { StorageSpace } from '../../src/storage/storage.js'
import { seededRandom } from '../../src/testing/seeded-random.js'
import { FAIR } from './sim-link.js'
import { KEY, NAME, type SimTab } from './sim-tab.js'
import type { Simulation } from './simulation.js'

/** Longer than anything that was under way may still take. */
const CALM = 60_000
const SYNC_LIMIT = 600_000
const ROUNDS = 4

/** Makes everything whole again, and checks that all agree and nothing that was acknowledged is lost. */
export async function checkHealed(simulation: Simulation): Promise<void> {
  await heal(simulation)
  if (simulation.dice.chance(0.3)) await simulation.openTab(simulation.addDevice(), 0)
  await syncAll(simulation)
  await allLive(simulation)
  await checkAgreement(simulation)
  await checkStored(simulation)
  expect(simulation.unexplained).toEqual([])
  simulation.assertNoFailure()
}

async function heal(simulation: Simulation): Promise<void> {
  const { server, devices, time } = simulation
  simulation.trace('heal')
  simulation.weather = FAIR
  server.switch(true)
  for (const { space, link } of simulation.tabs) {
    space.live()
    link.forgive()
    link.switch(true)
  }
  for (const device of devices) {
    for (const slot of [0, 1]) {
      if (device.tabs[slot] !== undefined && !device.tabs[slot]?.isAlive) simulation.closeTab(device, slot)
    }
    if (device.tabs[0] === undefined) await simulation.openTab(device, 0)
  }
  await time.pass(CALM)
}

async function syncAll(simulation: Simulation): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    simulation.trace(`sync round ${round}`)
    for (const tab of simulation.tabs) await syncOne(simulation, tab)
    await simulation.time.pass(CALM)
    const clocks = new Set(
      await Promise.all(simulation.tabs.map(async ({ db }) => (await db.clock()).join())),
    )
    if (clocks.size === 1) return
  }
  throw new Error(`no agreement after ${ROUNDS} rounds of syncing`)
}

async function syncOne({ time }: Simulation, tab: SimTab): Promise<void> {
  let outcome: 'ok' | { readonly error: unknown } | undefined
  tab.attachment.synced().then(
    () => {
      outcome = 'ok'
    },
    error => {
      outcome = { error }
    },
  )
  if (!(await time.passUntil(() => outcome !== undefined, SYNC_LIMIT)))
    throw new Error(`synced() of ${tab.name} does not end`)
  if (outcome !== 'ok') throw new Error(`synced() of ${tab.name} failed`, { cause: outcome?.error })
}

async function allLive({ tabs, time }: Simulation): Promise<void> {
  const isLive = ({ attachment: { status } }: SimTab) => status.state === 'live' && status.pending === 0
  if (await time.passUntil(() => tabs.every(isLive), SYNC_LIMIT)) return
  const statuses = tabs.map(({ name, attachment }) => `${name}: ${JSON.stringify(attachment.status)}`)
  throw new Error(`not all live: ${statuses.join('\n')}`)
}

async function checkAgreement(simulation: Simulation): Promise<void> {
  const states = []
  for (const { db } of simulation.tabs) {
    const { rows } = await within(simulation, db.allDocs({ includeDeleted: true }))
    const conflicts = await within(simulation, db.conflicts().toArray())
    // What both come from is left out where its content was pruned, which each device does for itself.
    states.push({ docs: rows.map(row => row.doc), conflicts: conflicts.map(({ base, ...rest }) => rest) })
  }
  for (const state of states.slice(1)) expect(state).toEqual(states[0])
  const [tab] = simulation.tabs
  for (const id of simulation.writes.ids) {
    const found = await within(simulation, (tab as SimTab).db.find(id))
    expect(simulation.writes.allowed(id), `the last write of ${id}`).toContain(found?.n)
  }
}

/**
 * Equal roots once all is folded, whoever folded what when, and what he pruned (L1, L10); and in the history that all
 * agree on each commit that a write was acknowledged with (L3).
 */
async function checkStored(simulation: Simulation): Promise<void> {
  for (const device of simulation.devices) for (const slot of [0, 1]) simulation.closeTab(device, slot)
  await simulation.allClosed()
  const acknowledged = [...new Set(simulation.writes.clocks.flat())]
  const roots = []
  for (const { space } of simulation.devices) roots.push(await foldedRoots(space, acknowledged))
  for (const each of roots.slice(1)) expect(each).toEqual(roots[0])
}

async function foldedRoots(space: StorageSpace, acknowledged: readonly string[]): Promise<unknown> {
  const { home, ledger, compactor } = await openCore({
    options: parseOptions(NAME, { storage: space, key: KEY, autoCompact: false, compress: false }),
    openSpace: async () => space,
    environment: { now: () => 0, random: seededRandom(0), delay: async () => undefined, report: fail },
    indexes: { settled: async () => undefined, persist: async () => undefined },
  })
  await compactor.compact()
  const { snapshot, commits, clock, pending } = ledger.view
  expect([commits.size, pending.size]).toEqual([0, 0])
  for (const cid of acknowledged)
    if ((await ledger.view.find(CID.parse(cid))) === undefined)
      throw new Error(`lost acknowledged commit ${cid}`)
  await ledger.close()
  await home.close()
  return { docs: `${snapshot?.docs}`, history: `${snapshot?.history}`, clock }
}

function fail(error: FirekeepError): void {
  throw error
}

/** A read takes time where the storage does. */
async function within<T>(simulation: Simulation, read: Promise<T>): Promise<T> {
  let isDone = false
  void read.finally(() => {
    isDone = true
  })
  await simulation.time.passUntil(() => isDone, SYNC_LIMIT)
  return read
}
