/** The places of the app, as the address names them. */
export type Route =
  | { readonly page: 'applications'; readonly id?: string | undefined }
  | { readonly page: 'jobs' }
  | { readonly page: 'conflicts' }

const APPLICATION = /^#\/application\/([0-9a-z]{32})$/
const PREFIX = 'application:'

/** Where an address leads; whatever it does not name is the list of applications. */
export function routeOf(hash: string): Route {
  if (hash === '#/checks') return { page: 'jobs' }
  if (hash === '#/conflicts') return { page: 'conflicts' }
  const id = APPLICATION.exec(hash)?.[1]
  return { page: 'applications', id: id === undefined ? undefined : PREFIX + id }
}

/** The address of a place. */
export function hashOf(route: Route): string {
  switch (route.page) {
    case 'jobs':
      return '#/checks'
    case 'conflicts':
      return '#/conflicts'
    case 'applications':
      return route.id === undefined ? '#/' : `#/application/${route.id.slice(PREFIX.length)}`
  }
}
