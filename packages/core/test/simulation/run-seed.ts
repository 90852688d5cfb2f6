import { checkHealed } from './check-healed.js'
import { Simulation } from './simulation.js'
import { type StepName, takeStep } from './steps.js'

/** The last of what happened, printed with a failure. */
const LOG_LINES = 60

/**
 * Runs the simulation of one seed and checks its end. Answers what happened, step by step; when something is wrong,
 * rejects with an error that names the seed.
 */
export async function runSeed(seed: number): Promise<readonly string[]> {
  const simulation = new Simulation(seed)
  const { dice, log } = simulation
  try {
    const devices = dice.pick([2, 2, 2, 2, 3, 3, 3, 4, 5, 6])
    for (let i = 0; i < devices; i += 1) await simulation.openTab(simulation.addDevice(), 0)
    const extra: Partial<Record<StepName, number>> = {
      ...(dice.chance(0.2) && { backUp: 4, restore: 3 }),
      ...(dice.chance(0.02) && { big: 3 }),
    }
    for (let left = dice.between(10, dice.pick([15, 15, 25, 60])); left > 0; left -= 1)
      await takeStep(simulation, extra)
    await checkHealed(simulation)
    return log
  } catch (error) {
    const last = log.slice(-LOG_LINES).join('\n')
    const told = simulation.unexplained.join('\n')
    throw new Error(`seed ${seed} (FIREKEEP_SEED=${seed} runs it alone)\n${last}\n${told}\n${error}`, {
      cause: error,
    })
  } finally {
    await simulation.end()
  }
}
