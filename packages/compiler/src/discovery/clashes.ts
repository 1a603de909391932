import type { PlannedAt } from './plan-function.ts'
import type { Diagnostic, PlannedHttp } from '../types.ts'

/**
 * Two functions that cannot stand beside each other: of one name, of one route and method behind one router, or of one
 * queue, whose messages they would take from each other (E5).
 */
export function findClashes(planned: readonly PlannedAt[]): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const names = new Map<string, PlannedAt>()
  const routes = new Map<string, HttpAt[]>()
  const queues = new Map<string, PlannedAt>()
  for (const item of planned) {
    const { name, kind, trigger } = item.function
    const other = names.get(name)
    if (other) diagnostics.push(duplicateName(item, other))
    else names.set(name, item)
    if (name === 'http' && (kind !== 'http' || trigger.deploy === 'own')) diagnostics.push(reservedName(item))
    if (isHttp(item)) {
      const key = `${item.function.trigger.deploy === 'own' ? name : ''} ${item.shape}`
      const sameShape = routes.get(key) ?? []
      const rival = other ? undefined : sameShape.find((candidate) => methodsOverlap(candidate, item))
      if (rival) diagnostics.push(duplicateRoute(item, rival))
      routes.set(key, [...sameShape, item])
    }
    if (kind === 'queue') {
      const rival = queues.get(trigger.queue)
      if (rival && !other) diagnostics.push(duplicateQueue(item, rival, trigger.queue))
      else queues.set(trigger.queue, item)
    }
  }
  return diagnostics
}

type HttpAt = PlannedAt & { function: PlannedHttp }

function isHttp(item: PlannedAt): item is HttpAt {
  return item.function.kind === 'http'
}

function methodsOverlap(a: HttpAt, b: HttpAt): boolean {
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
    notes: [`Rename one of the exports, or give one a name: ${item.function.kind}({ …, name: '…' }, …).`],
    location: item.location,
    function: name,
  }
}

function duplicateRoute(item: HttpAt, other: HttpAt): Diagnostic {
  return {
    id: 'duplicate-route',
    severity: 'error',
    text: `'${routeText(item)}' of '${item.function.name}' matches the same requests as '${routeText(other)}' of '${other.function.name}' at ${place(other)}.`,
    notes: ['Change a path or a method of one of them, or join them into one function.'],
    location: item.location,
    function: item.function.name,
  }
}

function duplicateQueue(item: PlannedAt, other: PlannedAt, queue: string): Diagnostic {
  return {
    id: 'duplicate-queue',
    severity: 'error',
    text: `'${item.function.name}' takes messages of the queue '${queue}', and so does '${other.function.name}' at ${place(other)}: each message would go to one of them.`,
    notes: ['Join them into one function, or use a topic, whose every function gets every message.'],
    location: item.location,
    function: item.function.name,
  }
}

function reservedName(item: PlannedAt): Diagnostic {
  return {
    id: 'invalid-function-name',
    severity: 'error',
    text: "A function that is deployed on its own cannot be named 'http': that is the name of the deployable that all http functions share.",
    notes: item.function.kind === 'http' ? ["Rename it, or leave out deploy: 'own'."] : ['Rename it.'],
    location: item.location,
    function: 'http',
  }
}

function routeText({ function: { trigger } }: HttpAt): string {
  return trigger.methods ? `${trigger.methods.join('|')} ${trigger.route}` : trigger.route
}

function place({ location }: PlannedAt): string {
  return `${location.file}:${location.line}`
}
