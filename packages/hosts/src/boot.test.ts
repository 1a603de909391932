import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { boot } from './boot.ts'
import { folderWith, testManifest } from './testing.ts'
import type { Host } from './types.ts'
import { requireVendor } from './vendor.ts'

function container(server: string) {
  return folderWith({
    'manifest.json': JSON.stringify(testManifest('cloud-run', 'server.mjs')),
    'server.mjs': server,
  })
}

describe('boot', () => {
  it("boots a third party's Host with the manifest of its platform", async () => {
    using folder = folderWith({ 'manifest.json': JSON.stringify(testManifest('other', 'x.mjs')) })
    const calls: unknown[] = []
    const host: Host = {
      platform: 'other',
      async boot(directory, manifest, options) {
        calls.push([directory, manifest.name, options])
        throw new Error('got here')
      },
    }
    await expect(boot(host, folder.path, { startTimeoutMs: 1 })).rejects.toThrow('got here')
    expect(calls).toEqual([[folder.path, 'shop', { startTimeoutMs: 1 }]])
  })

  it('opens a door for each function that is deployed apart', async () => {
    const manifest = testManifest('cloud-run', 'server.mjs')
    const [first] = manifest.functions
    if (first === undefined) throw new Error('There is no function.')
    const apart = {
      ...first,
      name: 'report',
      entry: 'report/server.mjs',
      trigger: { route: '/report', deploy: 'own' as const },
    }
    const server = `import { createServer } from 'node:http'
      createServer((request, response) => response.end(process.env.K_SERVICE)).listen(process.env.PORT)`
    using folder = folderWith({
      'manifest.json': JSON.stringify({ ...manifest, functions: [first, { ...first, name: 'more' }, apart] }),
      'server.mjs': server,
      'report/server.mjs': server,
    })
    await using running = await boot('cloud-run', folder.path)
    expect(running.doors.map(({ id }) => id)).toEqual(['cloud-run', 'cloud-run/report'])
    const bodies = await Promise.all(
      running.doors.map(async (door) => Buffer.from((await door.send({})).body).toString()),
    )
    expect(bodies).toEqual(['shop', 'shop-report'])
  })

  it('names the platforms that it knows', async () => {
    await expect(boot('cloudrun', '/')).rejects.toThrow(/"cloudrun".*cloud-run/)
    await expect(boot('constructor', '/')).rejects.toThrow('no host')
  })

  it.each([
    ['nothing', {}, /no built target.*isobar build/],
    ['no JSON', { 'manifest.json': '{' }, /not JSON.*isobar build/],
    ['another manifest', { 'manifest.json': '{"name":"x","manifest_version":3}' }, /"isobar" is no string/],
    [
      'no functions',
      { 'manifest.json': JSON.stringify({ ...testManifest('cloud-run', 'x'), functions: [] }) },
      /no function/,
    ],
    [
      "another platform's target",
      { 'manifest.json': JSON.stringify(testManifest('aws-lambda', 'x')) },
      /built for aws-lambda.*cannot be booted as cloud-run/,
    ],
  ])('says what to do with a folder that holds %s', async (_what, files: Record<string, string>, message) => {
    using folder = folderWith(files)
    await expect(boot('cloud-run', folder.path)).rejects.toThrow(message)
  })

  it('shows what a runtime printed that ends at start', async () => {
    using folder = container('console.log("about to fail"); throw new Error("no database")')
    const failed = boot('cloud-run', folder.path)
    await expect(failed).rejects.toThrow(/server\.mjs, ended with code 1/)
    await expect(failed).rejects.toThrow(/about to fail[^]*no database/)
  })

  it('shows what a runtime printed that is not ready in time, and ends it', async () => {
    using folder = container('console.log(process.pid); setInterval(() => {}, 1000)')
    const pids: number[] = []
    const onLog = ({ line }: { line: string }): void => void pids.push(Number(line))
    const failed = boot('cloud-run', folder.path, { startTimeoutMs: 500, onLog })
    await expect(failed).rejects.toThrow(/not ready after 500 ms[^]*printed:\n {2}\d+$/)
    expect(() => process.kill(pids[0] ?? Number.NaN, 0)).toThrow('ESRCH')
  })
})

describe('requireVendor', () => {
  it('prefers the project over this package', () => {
    using folder = folderWith({
      'node_modules/@google-cloud/functions-framework/package.json': '{"version":"9.9.9"}',
      'target/x': '',
    })
    const vendor = requireVendor('@google-cloud/functions-framework', join(folder.path, 'target'))
    expect(vendor.version).toBe('9.9.9')
  })

  it('falls back to this package', () => {
    using folder = folderWith({})
    expect(requireVendor('@google-cloud/functions-framework', folder.path).version).toBe('5.0.5')
  })

  it('names the command that adds it', () => {
    expect(() => requireVendor('some-runtime', '/tmp')).toThrow(
      /^The runtime some-runtime .*\nAdd it: npm install --save-dev some-runtime$/,
    )
  })
})
