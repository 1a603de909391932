import { posix } from 'node:path'
import { fileName } from '../discovery/function-names.ts'
import type { EventDeployable, HttpDeployable, Plan, PlannedEvent, PlannedFunction, PlannedHttp } from '../types.ts'

export interface PlanOptions {
  application: string
  target: string
  isobar: string
  functions: PlannedFunction[]
  /** From the shim folder of the target to the project, POSIX: `../../..`. */
  toProject: string
  /** Variables that the adapter's own shim text uses. */
  taken?: ReadonlySet<string>
}

/** Groups functions into what is deployed, and writes the statements that every shim needs. */
export function createPlan(options: PlanOptions): Plan {
  const { application, target, isobar, functions } = options
  const variables = moduleVariables(functions, options.taken ?? new Set())
  const isHttp = (one: PlannedFunction): one is PlannedHttp => one.kind === 'http'
  const isEvent = (one: PlannedFunction): one is PlannedEvent => one.kind !== 'http'
  const text: ShimText = { variables, toProject: options.toProject }
  return {
    application,
    target,
    isobar,
    functions,
    http: httpDeployables(application, functions.filter(isHttp), text),
    events: functions.filter(isEvent).map((one) => eventDeployable(application, one, text)),
  }
}

interface ShimText {
  variables: ReadonlyMap<string, string>
  toProject: string
}

function httpDeployables(application: string, functions: PlannedHttp[], text: ShimText): HttpDeployable[] {
  const shared = functions.filter(({ trigger }) => trigger.deploy !== 'own')
  const own = functions.filter(({ trigger }) => trigger.deploy === 'own')
  const groups = [
    ...(shared.length > 0 ? [{ name: 'http', service: application, folder: '', functions: shared }] : []),
    ...own.map((one) => ({
      name: one.name,
      service: `${application}-${one.name}`,
      folder: `${one.name}/`,
      functions: [one],
    })),
  ]
  return groups.map((group) => ({
    ...group,
    modules: moduleStatements(group.functions, text),
    functionsLiteral: functionsLiteral(group.functions, text),
  }))
}

function eventDeployable(application: string, planned: PlannedEvent, text: ShimText): EventDeployable {
  return {
    name: planned.name,
    service: `${application}-${planned.name}`,
    function: planned,
    modules: moduleStatements([planned], text),
    definition: definitionOf(planned, text),
  }
}

function moduleStatements(
  functions: readonly PlannedFunction[],
  { variables, toProject }: ShimText,
): HttpDeployable['modules'] {
  const sources = [...new Set(functions.map(({ source }) => source))]
  return sources.map((source) => {
    const variable = variables.get(source) ?? source
    const specifier = posix.join(toProject, source)
    return {
      variable,
      statement: `const ${variable} = await load(${quote(source)}, () => import(${quote(specifier)}))`,
    }
  })
}

function functionsLiteral(functions: readonly PlannedFunction[], text: ShimText): string {
  const members = functions.map((one) => `${propertyName(one.name)}: ${definitionOf(one, text)}`)
  const line = `{ ${members.join(', ')} }`
  return line.length <= 80 ? line : `{\n  ${members.join(',\n  ')},\n}`
}

function definitionOf({ source, exported }: PlannedFunction, { variables }: ShimText): string {
  return member(variables.get(source) ?? '', exported)
}

/** One readable variable per user module, free of each other, of keywords and of globals that a shim may use. */
function moduleVariables(functions: readonly PlannedFunction[], taken: ReadonlySet<string>): Map<string, string> {
  const used = new Set<string>()
  const variables = new Map<string, string>()
  for (const { source } of functions) {
    if (variables.has(source)) continue
    const words = fileName(source).match(/[\p{ID_Continue}$]+/gu) ?? []
    const camel = words
      .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
      .join('')
    const base = /^[\p{ID_Start}$_]/u.test(camel) ? camel : `_${camel}`
    const isFree = (name: string): boolean =>
      !used.has(name) && !taken.has(name) && !reserved.has(name) && !(name in globalThis)
    let variable = isFree(base) ? base : `${base}Module`
    for (let count = 2; !isFree(variable); count++) variable = `${base}Module${count}`
    used.add(variable)
    variables.set(source, variable)
  }
  return variables
}

function member(variable: string, exported: string): string {
  return isIdentifier(exported) ? `${variable}.${exported}` : `${variable}[${quote(exported)}]`
}

function propertyName(name: string): string {
  return isIdentifier(name) ? name : quote(name)
}

function isIdentifier(name: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}

/** Words of ECMAScript that cannot name a variable in a module, and `load`, which every statement calls. */
const reserved = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum export extends false finally for function if ' +
    'implements import in instanceof interface let new null package private protected public return static super switch this throw ' +
    'true try typeof var void while with yield arguments eval async of load'
  ).split(' '),
)
