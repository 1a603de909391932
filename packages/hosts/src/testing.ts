import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import type { Manifest } from '@isobar/compiler'

/** What a host reads of a manifest. */
export type TestManifest = Pick<Manifest, 'isobar' | 'target' | 'platform' | 'name' | 'functions'>

export function testManifest(platform: string, entry: string, handler?: string): TestManifest {
  return {
    isobar: '0.0.0',
    target: platform,
    platform,
    name: 'shop',
    functions: [
      {
        name: 'all',
        kind: 'http',
        trigger: { route: '/*' },
        source: 'functions/all.ts',
        entry,
        ...(handler === undefined ? {} : { handler }),
        bytes: 0,
        gzip: 0,
        shim: { file: entry, bytes: 0, gzip: 0 },
      },
    ],
  }
}

/** A folder with these files; deleted at the end of the scope that holds it. */
export function folderWith(files: Record<string, string>): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'isobar-hosts-'))
  for (const [name, text] of Object.entries(files)) {
    const file = join(path, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

/** The first value that `look` gives that is not undefined or false. @throws Error after `withinMs`. */
export async function until<T>(look: () => T | undefined | false, withinMs = 5000): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const value = look()
    if (value !== undefined && value !== false) return value
    if (performance.now() > deadline) throw new Error(`It did not happen within ${withinMs} ms: ${look.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Values of one header of an answer. */
export function header(answer: { headers: [string, string][] }, name: string): string[] {
  return answer.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)
}

export function text({ body }: { body: Uint8Array }): string {
  return Buffer.from(body).toString()
}

/** Repeats an assertion until it holds; the test's own time limit ends it. */
export async function eventually(assertion: () => void | Promise<void>): Promise<void> {
  for (;;) {
    try {
      await assertion()
      return
    } catch (error) {
      if (!(error instanceof Error)) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
