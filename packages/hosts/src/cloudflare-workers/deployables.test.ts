import { afterEach, expect, test } from 'vitest'

import type { Manifest } from '@isobar/compiler'

import { folderWith } from '../testing.ts'
import type { Running } from '../types.ts'
import { cloudflareWorkersHost } from './host.ts'
import { descendants, isAlive, manifest, text } from './testing.ts'

let folder: ReturnType<typeof folderWith> | undefined
let running: Running | undefined

afterEach(async () => {
  await running?.stop()
  folder?.[Symbol.dispose]()
  running = undefined
  folder = undefined
})

function worker(at: string, name: string): Record<string, string> {
  return {
    [`${at}wrangler.jsonc`]: JSON.stringify({
      name,
      main: 'worker.mjs',
      compatibility_date: '2026-07-01',
      vars: { NAME: name },
    }),
    [`${at}page.txt`]: `page of ${name}`,
    [`${at}worker.mjs`]: `import page from './page.txt'
let count = 0
export default { fetch(request, env) { console.log('called ' + env.NAME); count += 1; return new Response(page + ' ' + count) } }`,
  }
}

function manifestOf(files: Record<string, string>, own: string[], shared: boolean): Manifest {
  const { functions, ...rest } = manifest(Object.keys(files))
  const apart = own.flatMap((name) =>
    functions.map((one) => ({
      ...one,
      kind: 'http' as const,
      name,
      trigger: { route: `/${name}`, deploy: 'own' as const },
      entry: `${name}/worker.mjs`,
    })),
  )
  return { ...rest, functions: [...apart, ...(shared ? functions : [])] }
}

async function bootFolder(files: Record<string, string>, own: string[], shared: boolean): Promise<Running> {
  folder = folderWith(files)
  running = await cloudflareWorkersHost.boot(folder.path, manifestOf(files, own, shared), {})
  return running
}

test('a function that is set apart is a Worker of its own, behind the one that the others share', async () => {
  const { doors, logs } = await bootFolder(
    { ...worker('', 'shop'), ...worker('apart/', 'shop-apart') },
    ['apart'],
    true,
  )
  expect(doors.map(({ id }) => id)).toEqual(['cloudflare-workers', 'cloudflare-workers/apart'])
  const bodies = await Promise.all(doors.map(async (door) => text(await door.send({}))))
  expect(bodies).toEqual(['page of shop 1', 'page of shop-apart 1'])
  await running?.stop()
  expect(logs.map(({ line }) => line).toSorted()).toEqual(['called shop', 'called shop-apart'])
})

test('a target may have nothing that is shared', async () => {
  const { doors } = await bootFolder({ ...worker('a/', 'a'), ...worker('b/', 'b') }, ['a', 'b'], false)
  expect(doors.map(({ id }) => id)).toEqual(['cloudflare-workers/a', 'cloudflare-workers/b'])
})

test('stop ends all Workers', async () => {
  const booted = await bootFolder({ ...worker('', 'shop'), ...worker('apart/', 'shop-apart') }, ['apart'], true)
  const mine = descendants(process.pid).filter(({ name }) => name === 'workerd')
  expect(mine).toHaveLength(2)
  await booted.stop()
  expect(mine.filter(({ pid }) => isAlive(pid))).toEqual([])
  for (const door of booted.doors) await expect(door.send({})).rejects.toThrow('refused the connection')
})

test('when one Worker cannot be started the others are stopped', async () => {
  const broken = { name: 'shop-apart', main: 'worker.mjs', compatibility_flags: ['no_such_flag'] }
  const files = { ...worker('', 'shop'), ...worker('apart/', ''), 'apart/wrangler.jsonc': JSON.stringify(broken) }
  await expect(bootFolder(files, ['apart'], true)).rejects.toThrow(
    /The worker shop-apart could not be started\.[^]*no_such_flag/,
  )
  expect(descendants(process.pid).filter(({ name, pid }) => name === 'workerd' && isAlive(pid))).toEqual([])
})
