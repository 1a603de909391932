import { afterEach, expect, test } from 'vitest'

import type { Manifest } from '@isobar/compiler'

import { folderWith } from '../testing.ts'
import type { Running } from '../types.ts'
import { azureFunctionsHost } from './host.ts'
import { eventually, manifest, text } from './testing.ts'

let folder: ReturnType<typeof folderWith> | undefined
let running: Running | undefined

afterEach(async () => {
  await running?.stop()
  folder?.[Symbol.dispose]()
  running = undefined
  folder = undefined
})

const answer =
  "app.http('all', { route: '{*path}', handler: (request) => ({ body: 'NAME ' + process.pid + ' ' + process.env.WEBSITE_SITE_NAME + ' ' + request.url }) })"

function app(at: string, name: string, source = ''): Record<string, string> {
  return {
    [`${at}package.json`]: JSON.stringify({ type: 'module', main: 'index.mjs' }),
    [`${at}host.json`]: JSON.stringify({ version: '2.0', extensions: { http: { routePrefix: '' } } }),
    [`${at}index.mjs`]: `import { app } from '@azure/functions'\n${answer.replace('NAME', name)}\nconsole.log('loaded ${name}')\n${source}`,
  }
}

function manifestOf(own: string[], shared: boolean): Manifest {
  const { functions, ...rest } = manifest('buffered')
  const apart = own.flatMap((name) =>
    functions.map((one) => ({
      ...one,
      kind: 'http' as const,
      name,
      trigger: { route: `/${name}`, deploy: 'own' as const },
      entry: `${name}/index.mjs`,
    })),
  )
  return { ...rest, functions: [...apart, ...(shared ? functions : [])] }
}

async function bootFolder(files: Record<string, string>, described: Manifest): Promise<Running> {
  folder = folderWith(files)
  running = await azureFunctionsHost.boot(folder.path, described, {})
  return running
}

async function answers({ doors }: Running): Promise<string[][]> {
  return Promise.all(doors.map(async (door) => text(await door.send({ target: '/x' })).split(' ')))
}

test('a function that is set apart is a function app of its own, behind the one that the others share', async () => {
  const booted = await bootFolder({ ...app('', 'shared'), ...app('apart/', 'apart') }, manifestOf(['apart'], true))
  expect(booted.doors.map(({ id }) => id)).toEqual(['azure-functions/buffered', 'azure-functions/buffered/apart'])
  const [first = [], second = []] = await answers(booted)
  expect([first[0], first[2]]).toEqual(['shared', 'shop'])
  expect([second[0], second[2]]).toEqual(['apart', 'shop-apart'])
  expect(first[1]).not.toBe(second[1])
  expect(booted.logs.map(({ line }) => line).toSorted()).toEqual(['loaded apart', 'loaded shared'])
})

test('a target may have nothing that is shared', async () => {
  const { doors } = await bootFolder({ ...app('a/', 'a'), ...app('b/', 'b') }, manifestOf(['a', 'b'], false))
  expect(doors.map(({ id }) => id)).toEqual(['azure-functions/buffered/a', 'azure-functions/buffered/b'])
})

test('stop ends the workers of all apps', async () => {
  const booted = await bootFolder({ ...app('', 'shared'), ...app('apart/', 'apart') }, manifestOf(['apart'], true))
  const pids = (await answers(booted)).map(([, pid]) => Number(pid))
  expect(pids.map(isAlive)).toEqual([true, true])
  await booted.stop()
  expect(pids.map(isAlive)).toEqual([false, false])
})

test('when one app cannot be loaded the others are stopped', async () => {
  const lines: string[] = []
  folder = folderWith({
    ...app('', 'shared', "console.log('pid ' + process.pid)"),
    ...app('apart/', 'apart', "throw new Error('cannot load')"),
  })
  await expect(
    azureFunctionsHost.boot(folder.path, manifestOf(['apart'], true), { onLog: ({ line }) => lines.push(line) }),
  ).rejects.toThrow('cannot load')
  const pid = Number(lines.find((line) => line.startsWith('pid '))?.slice(4))
  await eventually(() => expect(isAlive(pid)).toBe(false))
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
