import type { EventDeployable, HttpDeployable, Plan } from '@isobar/compiler'

/** A function app: what is deployed together. */
export interface App {
  /** What it is called where it is deployed. */
  service: string
  /** Empty for the shared one, else `<name>/`. */
  folder: string
  http: HttpDeployable[]
  events: EventDeployable[]
}

/** The shared app, which has all events, and one for each http function that is deployed apart. */
export function appsOf({ application, http, events }: Plan): App[] {
  const shared = http.filter(({ folder }) => folder === '')
  const apart = http.filter(({ folder }) => folder !== '')
  return [
    ...(shared.length > 0 || events.length > 0 ? [{ service: application, folder: '', http: shared, events }] : []),
    ...apart.map((one) => ({ service: one.service, folder: one.folder, http: [one], events: [] })),
  ]
}

/** The statements that load the users' modules, each once. */
export function moduleStatements({ http, events }: App): string[] {
  return [...new Set([...http, ...events].flatMap(({ modules }) => modules.map(({ statement }) => statement)))]
}
