import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { ManifestFunction } from '@isobar/compiler'
import type { EventKind } from '@isobar/core'

import type { Running } from '../../types.ts'
import { awsLambdaHost } from '../host.ts'
import { manifest } from '../testing.ts'

/** What the tests of this folder share; not part of the package. */

/** What of the manifest tells the kinds apart. */
type Listens<F> = F extends { kind: EventKind | 'http' }
  ? Pick<F, Extract<keyof F, 'kind' | 'trigger' | 'resource'>>
  : never

/** A function of the application: what the manifest says of it, and the source of its module. */
export interface TestFunction {
  name: string
  listens: Listens<ManifestFunction>
  /** An ES module that exports `handler`. Default: `recorder()` */
  source?: string
}

export interface BootedTemplate extends AsyncDisposable {
  running: Running
  /** What `recorder` functions were called with, oldest first. */
  events(name: string): Promise<Record<string, unknown>[]>
}

/** A handler that writes each event down, then does what `body` says: statements with `event`, `text` and `records` in scope. */
export function recorder(body = ''): string {
  return `import { appendFileSync } from 'node:fs'
const text = (record) => record.body ?? record.Sns?.Message ?? (record.kinesis && Buffer.from(record.kinesis.data, 'base64').toString())
export const handler = async (event, context) => {
  appendFileSync(new URL('./events.jsonl', import.meta.url), JSON.stringify(event) + '\\n')
  const records = event.Records ?? []
  ${body}
}`
}

/** Boots functions behind a template that is written by hand, in the real runtime client. */
export async function bootTemplate(template: string, functions: readonly TestFunction[]): Promise<BootedTemplate> {
  const directory = await mkdtemp(join(tmpdir(), 'isobar-aws-events-'))
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true })
  const built = manifest('http-api', 10_000)
  const [http] = built.functions
  if (http === undefined) throw new Error('The manifest has no function.')
  await writeFile(join(directory, 'template.yaml'), template)
  for (const { name, source } of functions) {
    await mkdir(join(directory, name))
    await writeFile(join(directory, name, 'index.mjs'), source ?? recorder())
  }
  const { kind: _kind, trigger: _trigger, ...part } = http
  const entries = functions.map(({ name, listens }) => ({
    ...part,
    ...listens,
    name,
    entry: `${name}/index.mjs`,
  }))
  try {
    const running = await awsLambdaHost.boot(directory, { ...built, functions: entries }, {})
    return {
      running,
      async events(name) {
        const lines = await readFile(join(directory, name, 'events.jsonl'), 'utf8').catch(() => '')
        return lines.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
      },
      async [Symbol.asyncDispose]() {
        await running.stop()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}
