import type { PlannedAt } from './plan-function.ts'
import type { Diagnostic } from '../types.ts'

/** Two functions that cannot stand beside each other: of one name, or of one route and method behind one router. */
export function findClashes(planned: readonly PlannedAt[]): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const names = new Map<string, PlannedAt>()
  const routes = new Map<string, PlannedAt[]>()
  for (const item of planned) {
    const { name, trigger } = item.function
    const other = names.get(name)
    if (other) diagnostics.push(duplicateName(item, other))
    else names.set(name, item)
    if (name === 'http' && trigger.deploy === 'own') diagnostics.push(reservedName(item))
    const key = `${trigger.deploy === 'own' ? name : ''} ${item.shape}`
    const sameShape = routes.get(key) ?? []
    const rival = other ? undefined : sameShape.find((candidate) => methodsOverlap(candidate, item))
    if (rival) diagnostics.push(duplicateRoute(item, rival))
    routes.set(key, [...sameShape, item])
  }
  return diagnostics
}

function methodsOverlap(a: PlannedAt, b: PlannedAt): boolean {
  const left = a.function.trigger.methods
  const right = b.function.trigger.methods
  return !left || !right || left.some((method) => right.includes(method))
}

function duplicateName(item: PlannedAt, other: PlannedAt): Diagnostic {
  const { name } = item.function
  return {
    id: 'duplicate-function-name',
    severity: 'error',
    text: `Two functions are named '${name}': this one and the one at ${place(other)}.`,
    notes: [
      `Rename one of the exports, or give one a name: http({ route: '${item.function.trigger.route}', name: '…' }, …).`,
    ],
    location: item.location,
    function: name,
  }
}

function duplicateRoute(item: PlannedAt, other: PlannedAt): Diagnostic {
  return {
    id: 'duplicate-route',
    severity: 'error',
    text: `'${routeText(item)}' of '${item.function.name}' matches the same requests as '${routeText(other)}' of '${other.function.name}' at ${place(other)}.`,
    notes: ['Change a path or a method of one of them, or join them into one function.'],
    location: item.location,
    function: item.function.name,
  }
}

function reservedName(item: PlannedAt): Diagnostic {
  return {
    id: 'invalid-function-name',
    severity: 'error',
    text: "A function that is deployed on its own cannot be named 'http': that is the name of the deployable that all others share.",
    notes: ["Rename it, or leave out deploy: 'own'."],
    location: item.location,
    function: 'http',
  }
}

function routeText({ function: { trigger } }: PlannedAt): string {
  return trigger.methods ? `${trigger.methods.join('|')} ${trigger.route}` : trigger.route
}

function place({ location }: PlannedAt): string {
  return `${location.file}:${location.line}`
}
