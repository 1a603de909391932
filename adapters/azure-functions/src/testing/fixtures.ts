import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../../../../conformance/fixtures/azure')

/** What the host sent for one invocation, and what a handler of the library saw of it. */
export interface InvocationFixture {
  request: { inputData: { name: string; data: object }[]; triggerMetadata: Record<string, object> }
  handlerObserved: { value: unknown; triggerMetadata: Record<string, unknown> }
}

/** @param name of the file below the folder, without its extension. Bytes, written as base64, are bytes. */
export function fixture(name: string): InvocationFixture {
  return JSON.parse(read(name), (_, value) =>
    typeof value?.base64 === 'string' ? Buffer.from(value.base64, 'base64') : value,
  )
}

/** A payload of a platform, as it stands. */
export function payload(name: string): Record<string, unknown> {
  return JSON.parse(read(name))
}

function read(name: string): string {
  return readFileSync(join(folder, `${name}.json`), 'utf8')
}
