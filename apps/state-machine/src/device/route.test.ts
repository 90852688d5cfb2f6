import { expect, test } from 'vitest'
import { hashOf, type Route, routeOf } from './route.js'

const ID = `application:${'0a'.repeat(16)}`

test('each place has an address that leads back to it', () => {
  const routes: readonly Route[] = [
    { page: 'applications', id: undefined },
    { page: 'applications', id: ID },
    { page: 'jobs' },
    { page: 'conflicts' },
  ]
  for (const route of routes) expect(routeOf(hashOf(route))).toEqual(route)
})

test('an address that names no place is that of the list', () => {
  for (const hash of ['', '#/', '#/application/x', '#/nowhere']) {
    expect(routeOf(hash)).toEqual({ page: 'applications', id: undefined })
  }
})
