import type { Clock } from '../../src/database/document-types.js'
import { FirekeepError } from '../../src/errors.js'
import type { OwnWrite } from './known-writes.js'
import { FAIR, type Weather } from './sim-link.js'
import type { SimTab } from './sim-tab.js'
import type { SimDevice, Simulation } from './simulation.js'

const SHARED = ['shared a', 'shared b', 'shared c']
const STORMY: Weather = {
  longestWay: 500,
  loss: 0.15,
  answerLoss: 0.15,
  duplication: 0.15,
  newsLoss: 0.3,
}
const SLOW: Weather = { ...FAIR, longestWay: 3000 }

/** How often each step is taken. */
const WEIGHTS = {
  putOwn: 20,
  putShared: 15,
  bulk: 6,
  burst: 4,
  deleteOwn: 3,
  deleteShared: 3,
  purgeOwn: 2,
  purgeShared: 2,
  prune: 3,
  compact: 5,
  cutOff: 6,
  connect: 8,
  serverDown: 2,
  serverUp: 5,
  kill: 3,
  killLater: 5,
  close: 2,
  reopen: 8,
  secondTab: 2,
  expireToken: 2,
  rateLimit: 2,
  sync: 6,
  weather: 4,
}

export type StepName = keyof typeof WEIGHTS | 'backUp' | 'restore' | 'big'

type Step = (simulation: Simulation, place: Place) => Promise<void> | void

/** Where a step is taken. */
interface Place {
  readonly device: SimDevice
  readonly slot: number
  readonly tab: SimTab
}

/** Takes a step at some tab; opens one where there is none. */
export async function takeStep(simulation: Simulation, extra: Partial<Record<StepName, number>> = {}) {
  const { dice, devices } = simulation
  const name = dice.weigh<StepName>({ ...WEIGHTS, ...extra } as Record<StepName, number>)
  const device = dice.pick(devices)
  const open = [0, 1].filter(slot => device.tabs[slot]?.isAlive)
  const slot = open.length === 0 ? 0 : dice.pick(open)
  const tab = device.tabs[slot]
  if (tab?.isAlive) {
    simulation.trace(`${tab.name} ${name}`)
    await STEPS[name](simulation, { device, slot, tab })
  } else await reopen(simulation, device, slot)
  await simulation.time.pass(dice.between(0, dice.pick([0, 0, 5, 100, 100, 1000, 5000])))
}

const STEPS: Readonly<Record<StepName, Step>> = {
  putOwn: (simulation, place) => write(simulation, place, [ownId(simulation, place)]),
  putShared: (simulation, place) => write(simulation, place, [simulation.dice.pick(SHARED)]),
  bulk: (simulation, place) => write(simulation, place, [ownId(simulation, place), ...SHARED.slice(0, 2)]),
  big: (simulation, place) => write(simulation, place, [ownId(simulation, place)], 2_300_000),
  async burst(simulation, place) {
    const tabs = place.device.tabs.filter(tab => tab?.isAlive) as SimTab[]
    await Promise.all([
      ...tabs.map(tab => write(simulation, { ...place, slot: place.device.tabs.indexOf(tab), tab }, SHARED)),
      write(simulation, place, [ownId(simulation, place)]),
      write(simulation, place, [ownId(simulation, place)]),
    ])
  },
  deleteOwn: (simulation, place) => remove(simulation, place, ownId(simulation, place), 'del'),
  deleteShared: (simulation, place) => remove(simulation, place, simulation.dice.pick(SHARED), 'del'),
  purgeOwn: (simulation, place) => remove(simulation, place, ownId(simulation, place), 'purge'),
  purgeShared: (simulation, place) => remove(simulation, place, simulation.dice.pick(SHARED), 'purge'),
  async prune(simulation, { tab }) {
    const before = new Date(simulation.time.now - simulation.dice.between(0, 10_000))
    await simulation.attempt(tab, 'prune', () => tab.db.prune({ before }))
  },
  async compact(simulation, { tab }) {
    await simulation.attempt(tab, 'compact', () => tab.db.compact())
  },
  cutOff: (_, { tab }) => tab.link.switch(false),
  connect: (_, { tab }) => tab.link.switch(true),
  serverDown: ({ server }) => server.switch(false),
  serverUp: ({ server }) => server.switch(true),
  kill(simulation, { device, slot, tab }) {
    tab.space.die()
    simulation.closeTab(device, slot)
  },
  killLater({ dice }, { tab }) {
    tab.space.dieAfter(dice.between(0, 30), dice.pick(['before', 'after'] as const))
  },
  close: (simulation, { device, slot }) => simulation.closeTab(device, slot),
  reopen: (simulation, { device, slot }) => reopen(simulation, device, slot),
  secondTab: (simulation, { device }) => reopen(simulation, device, 1),
  expireToken(simulation, { tab }) {
    simulation.expected.add('UNAUTHORIZED')
    tab.link.refuseNext(new FirekeepError('UNAUTHORIZED', 'the token expired, says the simulation'))
  },
  rateLimit({ dice }, { tab }) {
    const details = { retryAfter: dice.between(100, 5000) }
    tab.link.refuseNext(new FirekeepError('LIMIT_EXCEEDED', 'too much, says the simulation', { details }))
  },
  sync(_, { tab }) {
    // It may take as long as the network is bad; whether it ends is looked at when it is whole.
    tab.attachment.synced().catch(() => undefined)
  },
  weather(simulation) {
    simulation.weather = simulation.dice.pick([FAIR, STORMY, SLOW])
  },
  backUp: ({ server }) => server.backUp(),
  async restore(simulation) {
    simulation.expected.add('REMOTE_ROLLED_BACK')
    await simulation.server.restore()
  },
}

async function reopen(simulation: Simulation, device: SimDevice, slot: number): Promise<void> {
  const before = device.tabs[slot]
  simulation.closeTab(device, slot)
  // The next of one device does not come before the last is gone.
  if (before !== undefined && simulation.dice.chance(0.5)) await simulation.time.pass(1000)
  await simulation.openTab(device, slot, simulation.dice.chance(0.8))
}

function ownId({ dice }: Simulation, { device, slot }: Place): string {
  return `own ${device.index}.${slot} ${dice.between(0, 2)}`
}

async function write(
  simulation: Simulation,
  { tab }: Place,
  ids: readonly string[],
  size = 0,
): Promise<void> {
  const { writes } = simulation
  const own: OwnWrite[] = []
  const docs = ids.map(id => {
    const { n } = id.startsWith('own') ? issue(id) : { n: simulation.dice.between(0, 1_000_000) }
    return { _id: id, n, by: tab.name, ...(size > 0 && { text: 'x'.repeat(size) }) }
  })
  function issue(id: string): OwnWrite {
    const issued = writes.issue(id, false)
    own.push(issued)
    return issued
  }
  const [first] = docs
  const result = await simulation.attempt<{ readonly clock: Clock }>(tab, 'put', () =>
    docs.length > 1 || first === undefined ? tab.db.bulk(docs) : tab.db.put(first),
  )
  if (result !== undefined) writes.acknowledge(own, result.clock)
}

async function remove(
  simulation: Simulation,
  { tab }: Place,
  id: string,
  how: 'del' | 'purge',
): Promise<void> {
  const own = id.startsWith('own') ? [simulation.writes.issue(id, true)] : []
  const result = await simulation.attempt(tab, how, () => tab.db[how](id))
  if (result !== undefined) simulation.writes.acknowledge(own, result.clock)
}
