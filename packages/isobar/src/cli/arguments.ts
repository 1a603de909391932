import { parseArgs, type ParseArgsConfig } from 'node:util'
import { nearest } from '@isobar/compiler'
import { MisuseError } from './output.ts'
import type { Topic } from './usage.ts'

export interface CommandOptions {
  targets: string[]
  config?: string
  out?: string
  caseGlob?: string
  report?: string
  json: boolean
}

export type Command =
  | { name: 'help'; topic: Topic | undefined }
  | { name: 'version' }
  | { name: Topic; options: CommandOptions }

/** The options of each command; a `string` one takes a value. */
const optionsOf: Readonly<Record<Topic, Readonly<Record<string, 'string' | 'boolean'>>>> = {
  build: { target: 'string', out: 'string', config: 'string' },
  check: { target: 'string', json: 'boolean', config: 'string' },
  conform: { target: 'string', case: 'string', report: 'string', json: 'boolean', config: 'string' },
}

/** @throws MisuseError for what is not a command or an option, with the nearest that is. */
export function parseCommand(args: readonly string[]): Command {
  const [first, ...rest] = args
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    const [topic] = first === 'help' ? rest : []
    return { name: 'help', topic: topic === undefined ? undefined : knownCommand(topic) }
  }
  if (first === '--version' || first === '-v') return { name: 'version' }
  if (first.startsWith('-')) {
    throw new MisuseError(
      'unknown-command',
      `'${first}' stands where a command was expected.`,
      'Run isobar --help for the commands.',
    )
  }
  const name = knownCommand(first)
  if (rest.includes('--help') || rest.includes('-h')) return { name: 'help', topic: name }
  return { name, options: parseOptions(name, rest) }
}

function knownCommand(name: string): Topic {
  if (name === 'build' || name === 'check' || name === 'conform') return name
  const near = nearest(name, Object.keys(optionsOf))
  throw new MisuseError(
    'unknown-command',
    `isobar has no command '${name}'.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
    'Run isobar --help for the commands.',
  )
}

function parseOptions(name: Topic, args: readonly string[]): CommandOptions {
  const known = optionsOf[name]
  const config: ParseArgsConfig['options'] = {}
  for (const [option, type] of Object.entries(known)) config[option] = { type }
  const { tokens } = parseArgs({
    args: [...args],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const help = `Run isobar ${name} --help for its options.`
  const options: CommandOptions = { targets: [], json: false }
  let takesTargets = false
  for (const token of tokens) {
    if (token.kind === 'positional' && takesTargets) {
      // `--target a b` names two targets.
      options.targets.push(token.value)
      continue
    }
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional')
      throw new MisuseError('unexpected-argument', `isobar ${name} takes no argument '${token.value}'.`, help)
    const type = known[token.name]
    if (type === undefined) {
      const near = nearest(token.name, Object.keys(known))
      throw new MisuseError(
        'unknown-option',
        `isobar ${name} has no option '${token.rawName}'.${near === undefined ? '' : ` Did you mean '--${near}'?`}`,
        help,
      )
    }
    if (type === 'boolean' && token.value !== undefined)
      throw new MisuseError('unexpected-value', `The option '${token.rawName}' takes no value.`, help)
    if (
      type === 'string' &&
      (token.value === undefined || token.value === '' || (!token.inlineValue && token.value.startsWith('-')))
    ) {
      throw new MisuseError('missing-value', `The option '${token.rawName}' needs a value.`, help)
    }
    takesTargets = token.name === 'target'
    set(options, token.name, token.value ?? '')
  }
  return options
}

function set(options: CommandOptions, name: string, value: string): void {
  switch (name) {
    case 'target':
      options.targets.push(...value.split(',').filter((part) => part !== ''))
      return
    case 'json':
      options.json = true
      return
    case 'case':
      options.caseGlob = value
      return
    case 'config':
    case 'out':
    case 'report':
      options[name] = value
      return
  }
}
