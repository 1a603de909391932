import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'

import { readBlock, required, type Block, type Resolve } from './block.ts'

/** A service of `service.yaml`: https://docs.cloud.google.com/run/docs/reference/yaml/v1 */
export interface KnativeService {
  name: string
  /** What the container runs: the program and its arguments. */
  command: string[]
  env: Record<string, string>
  timeoutMs: number
  concurrency: number
}

// https://docs.cloud.google.com/run/docs/configuring/request-timeout and https://docs.cloud.google.com/run/docs/about-concurrency
const defaultTimeoutSeconds = 300
const defaultConcurrency = 80

/** The services of a folder's `service.yaml`; none when there is no such file. @throws Error for what is no service */
export function readServices(directory: string, resolve: Resolve): KnativeService[] {
  const file = join(directory, 'service.yaml')
  if (!existsSync(file)) return []
  const documents = parseAllDocuments(readFileSync(file, 'utf8'))
  if (!Array.isArray(documents)) return []
  return documents.flatMap((document, index) => {
    const where = `service.yaml, document ${index + 1}`
    const [problem] = document.errors
    if (problem !== undefined) throw new Error(`${where}: ${problem.message}`)
    const content: unknown = document.toJS()
    if (content === null) return []
    return [readService(readBlock(content, where, resolve), directory)]
  })
}

function readService(document: Block, directory: string): KnativeService {
  const metadata = required(document, 'metadata', document.block('metadata'))
  const spec = document.block('spec')?.block('template')?.block('spec')
  const container = spec?.block('containers')
  if (spec === undefined || container === undefined) throw new Error(`${document.where} has no container.`)
  const command = [...container.list('command'), ...container.list('args')]
  return {
    name: required(metadata, 'name', metadata.text('name')),
    command: command.length > 0 ? command : imageCommand(directory),
    env: Object.fromEntries(container.blocks('env').map((entry) => variable(entry))),
    timeoutMs: (spec.number('timeoutSeconds') ?? defaultTimeoutSeconds) * 1000,
    concurrency: spec.number('containerConcurrency') || defaultConcurrency,
  }
}

function variable(entry: Block): [name: string, value: string] {
  const name = required(entry, 'name', entry.text('name'))
  if (entry.raw('valueFrom') !== undefined) throw new Error(`${entry.where}: the secret of ${name} is not known here.`)
  return [name, entry.text('value') ?? '']
}

/** Without a command the image's own: https://docs.docker.com/reference/dockerfile/#cmd */
function imageCommand(directory: string): string[] {
  const file = join(directory, 'Dockerfile')
  const line = existsSync(file) ? /^CMD\s+(\[.*\])\s*$/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined
  if (line === undefined) return []
  const command: unknown = JSON.parse(line)
  return Array.isArray(command) ? command.filter((one) => typeof one === 'string') : []
}
