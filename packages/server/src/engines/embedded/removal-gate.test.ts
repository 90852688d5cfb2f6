import { expect, it } from 'vitest'
import { RemovalGate } from './removal-gate.js'

it('removals pass while nobody copies, and wait while somebody does', async () => {
  const gate = new RemovalGate()
  await gate.passed()
  const steps: string[] = []
  let finish = (): void => {}
  const copying = gate.hold(
    () =>
      new Promise<void>(resolve => {
        finish = resolve
      }),
  )
  const next = gate.hold(async () => void steps.push('next copy'))
  const removal = gate.passed().then(() => steps.push('removal'))
  steps.push('copied')
  finish()
  await Promise.all([copying, next, removal])
  expect(steps).toEqual(['copied', 'next copy', 'removal'])
})

it('a copy that fails lets removals pass', async () => {
  const gate = new RemovalGate()
  await expect(gate.hold(() => Promise.reject(new Error('no room')))).rejects.toThrow('no room')
  await gate.passed()
})
