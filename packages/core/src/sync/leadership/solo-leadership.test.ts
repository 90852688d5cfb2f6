import { expect, it } from 'vitest'
import { openLeadership } from './open-leadership.js'

function openAlone() {
  return openLeadership({
    platform: undefined,
    name: 'x',
    isStatus: (value): value is string => typeof value === 'string',
  })
}

it('where nothing is shared, one leads from the start and serves itself', async () => {
  const leadership = openAlone()
  expect(leadership.isLeader).toBe(true)
  await leadership.assertLeader()
  const seen: unknown[] = []
  leadership.onPoke(() => seen.push('poke'))
  leadership.serveSync(async clock => void seen.push(clock))
  leadership.poke()
  await leadership.requestSync(['head'])
  expect(seen).toEqual(['poke', ['head']])
})

it('where nothing is shared, closing ends it', async () => {
  const leadership = openAlone()
  const roles: boolean[] = []
  leadership.onChange(isLeader => roles.push(isLeader))
  const request = leadership.requestSync([])
  await leadership.close()
  await leadership.close()
  await expect(request).rejects.toMatchObject({ code: 'CLOSED' })
  await expect(leadership.assertLeader()).rejects.toMatchObject({ code: 'CLOSED' })
  expect([leadership.isLeader, roles]).toEqual([false, [false]])
})
