import type { Range } from './block.ts'
import type { Place } from './computed.ts'
import type { Terraform } from './terraform.ts'

/** What a command of the deploy files changes of a subscription that is there already. */
export interface SubscriptionUpdate {
  /** Names the command in errors. */
  where: string
  ackDeadlineMs: number | undefined
  retentionMs: number | undefined
  backoff: { minMs: number | undefined; maxMs: number | undefined }
  deadLetter: { topic: string; maxAttempts: number } | undefined
}

/** Flags and the ranges that Pub/Sub takes: https://cloud.google.com/sdk/gcloud/reference/pubsub/subscriptions/update */
const flags = [
  '--ack-deadline',
  '--dead-letter-topic',
  '--dead-letter-topic-project',
  '--max-delivery-attempts',
  '--message-retention-duration',
  '--min-retry-delay',
  '--max-retry-delay',
  '--project',
] as const

type Flag = (typeof flags)[number]

const switches = new Set(['--quiet', '-q'])

const defaultMaxAttempts = 5

/**
 * Reads the commands that run when the deploy files are applied:
 * https://developer.hashicorp.com/terraform/language/resources/provisioners/local-exec
 * @returns what they change, by the name of the subscription, `projects/p/subscriptions/s`
 * @throws Error for a command that is not known here
 */
export function readUpdates(terraform: Terraform): Map<string, SubscriptionUpdate> {
  const updates = new Map<string, SubscriptionUpdate>()
  for (const type of ['terraform_data', 'null_resource']) {
    for (const resource of terraform.resources(type)) {
      for (const provisioner of resource.blocks('provisioner')) {
        const command = provisioner.block('local-exec')?.text('command')
        if (command === undefined) continue
        const [name, update] = readUpdate(command, resource.where, terraform.place)
        if (updates.has(name)) throw new Error(`${resource.where}: ${name} is updated by another command too.`)
        updates.set(name, update)
      }
    }
  }
  return updates
}

function readUpdate(command: string, where: string, place: Place): [name: string, update: SubscriptionUpdate] {
  const [program, ...words] = wordsOf(command, where)
  const verb = [program, ...words.slice(0, 3)].join(' ')
  if (verb !== 'gcloud pubsub subscriptions update') {
    throw new Error(`${where}: "${verb}" is not known here, only "gcloud pubsub subscriptions update".`)
  }
  const { given, names } = readFlags(words.slice(3), where)
  const [name, other] = names
  if (name === undefined || other !== undefined)
    throw new Error(`${where}: the command names ${names.length} subscriptions.`)
  const project = given.get('--project') ?? place.project
  const seconds = (flag: Flag, range: Range): number | undefined => {
    const value = given.get(flag)
    return value === undefined
      ? undefined
      : within(value, durationMs(value), [range[0] * 1000, range[1] * 1000], flag, where)
  }
  const update: SubscriptionUpdate = {
    where,
    ackDeadlineMs: seconds('--ack-deadline', [10, 600]),
    retentionMs: seconds('--message-retention-duration', [600, 604_800]),
    backoff: { minMs: seconds('--min-retry-delay', [0, 600]), maxMs: seconds('--max-retry-delay', [0, 600]) },
    deadLetter: deadLetterOf(given, project, where),
  }
  return [name.includes('/') ? name : `projects/${project}/subscriptions/${name}`, update]
}

function deadLetterOf(
  given: ReadonlyMap<Flag, string>,
  project: string,
  where: string,
): SubscriptionUpdate['deadLetter'] {
  const topic = given.get('--dead-letter-topic')
  const attempts = given.get('--max-delivery-attempts')
  if (topic === undefined) {
    if (attempts === undefined) return undefined
    throw new Error(`${where}: --max-delivery-attempts needs a --dead-letter-topic.`)
  }
  const inProject = given.get('--dead-letter-topic-project') ?? project
  return {
    topic: topic.includes('/') ? topic : `projects/${inProject}/topics/${topic}`,
    maxAttempts:
      attempts === undefined
        ? defaultMaxAttempts
        : within(attempts, Number(attempts), [5, 100], '--max-delivery-attempts', where),
  }
}

function readFlags(words: readonly string[], where: string): { given: Map<Flag, string>; names: string[] } {
  const given = new Map<Flag, string>()
  const names: string[] = []
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (switches.has(word)) continue
    if (!word.startsWith('-')) {
      names.push(word)
      continue
    }
    const [, name = word, value] = /^([^=]+)=(.*)$/.exec(word) ?? []
    const flag = flags.find((known) => known === name)
    if (flag === undefined) throw new Error(`${where}: gcloud's flag ${name} is not known here.`)
    const argument = value ?? rest.shift()
    if (argument === undefined) throw new Error(`${where}: gcloud's flag ${name} has no value.`)
    given.set(flag, argument)
  }
  return { given, names }
}

/** A command line without anything that a shell would do to it but take quotes away. */
function wordsOf(command: string, where: string): string[] {
  if (/[\n;&|<>$`\\*?(){}#~!]/.test(command))
    throw new Error(`${where}: a shell would do more with the command than run it.`)
  return (command.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []).map((word) => word.replaceAll(/["']/g, ''))
}

/** `10`, `10s`, `5m`: https://cloud.google.com/sdk/gcloud/reference/topic/datetimes. NaN for anything else */
function durationMs(text: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)([smhd])?$/.exec(text) ?? []
  const units: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
  return Number(number) * (units[unit] ?? Number.NaN)
}

function within(text: string, value: number, [least, most]: Range, flag: Flag, where: string): number {
  if (value >= least && value <= most) return value
  throw new Error(`${where}: ${flag} is ${JSON.stringify(text)}, expected a value that the vendor takes.`)
}
