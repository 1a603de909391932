import { createServer } from 'node:http'
import { networkInterfaces } from 'node:os'

import { expect, test } from 'vitest'

import { bootApp, header, text } from './testing.ts'

const hello = "app.http('hello', { handler: () => ({ body: 'hi' }) })"

test('the prefix of host.json is api unless it says otherwise', async () => {
  await using standard = await bootApp(hello, { host: {} })
  expect(text(await standard.door.send({ target: '/api/hello' }))).toBe('hi')
  await using own = await bootApp(hello, { host: { extensions: { http: { routePrefix: '/v1/' } } } })
  expect(text(await own.door.send({ target: '/v1/HELLO' }))).toBe('hi')
  expect((await own.door.send({ target: '/hello' })).status).toBe(404)
})

test('the root without a function is empty, or the start page when that is not disabled', async () => {
  await using disabled = await bootApp(hello)
  expect((await disabled.door.send({})).status).toBe(204)
  await using enabled = await bootApp(hello, { env: { AzureWebJobsDisableHomepage: 'false' } })
  const page = await enabled.door.send({})
  expect([page.status, header(page, 'content-type')]).toEqual([200, ['text/html']])
  expect(text(page)).toContain('Your Azure Function App is up and running')
})

test('hooks run in their order and may change inputs, handler and result', async () => {
  await using booted = await bootApp(`
    app.hook.appStart((context) => console.log('appStart'))
    app.hook.preInvocation((context) => {
      const { functionHandler } = context
      context.hookData.suffix = '!'
      context.functionHandler = async (...inputs) => ({ body: 'wrapped ' + (await functionHandler(...inputs)).body })
    })
    app.hook.postInvocation((context) => { context.result = { body: context.result.body + context.hookData.suffix } })
    app.hook.appTerminate(() => console.log('appTerminate'))
    ${hello}`)
  expect(text(await booted.door.send({ target: '/hello' }))).toBe('wrapped hi!')
  await booted.running.stop()
  expect(booted.lines()).toEqual(['appStart', 'appTerminate'])
})

test('a hook that clears the error rescues the invocation', async () => {
  await using booted = await bootApp(`
    app.hook.postInvocation((context) => { context.error = null; context.result = { body: 'rescued' } })
    app.http('hello', { handler() { throw new Error('boom') } })`)
  expect(text(await booted.door.send({ target: '/hello' }))).toBe('rescued')
})

test('the core module answers require and import alike', async () => {
  await using booted = await bootApp(`
    import { createRequire } from 'node:module'
    import * as imported from '@azure/functions-core'
    const required = createRequire(import.meta.url)('@azure/functions-core')
    app.http('core', { handler: () => ({ jsonBody: [required.registerHook === imported.registerHook, imported.getProgrammingModel().name] }) })`)
  expect(text(await booted.door.send({ target: '/core' }))).toBe('[true,"@azure/functions"]')
})

test('functions are registered at start only, and once', async () => {
  await expect(bootApp(`${hello}; ${hello}`)).rejects.toThrow('A function with id "hello" has already been registered.')
  await using booted = await bootApp(`
    app.http('late', { handler() { try { app.http('x', { handler() {} }) } catch (error) { return { body: error.message } } } })`)
  expect(text(await booted.door.send({ target: '/late' }))).toBe(
    'A function can only be registered during app startup.',
  )
})

test('an app that throws while it loads is told, with what it printed', async () => {
  await expect(bootApp("console.log('before'); throw new Error('cannot load')")).rejects.toThrow(
    /unable to load entry point "index\.mjs": Error: cannot load/,
  )
  await expect(bootApp("console.log('before'); process.exit(3)")).rejects.toThrow(
    /@azure\/functions 4\.16\.5 ended with code 3 before it was ready\. It printed:\n {2}before/,
  )
})

test('an app that never gets ready is given up', async () => {
  await expect(
    bootApp('await new Promise((resolve) => setTimeout(resolve, 60000))', { startTimeoutMs: 300 }),
  ).rejects.toThrow('was not ready after 300 ms (option startTimeoutMs)')
})

test('the manifest must name the mode that the app chooses', async () => {
  await expect(bootApp(hello, { frontDoor: 'streaming' })).rejects.toThrow(
    'does not enable HTTP streaming (app.setup of @azure/functions), but its manifest says frontDoor "streaming"; expected "buffered"',
  )
  await expect(bootApp(`app.setup({ enableHttpStream: true }); ${hello}`, { frontDoor: 'buffered' })).rejects.toThrow(
    'enables HTTP streaming',
  )
})

test("the library's own server is reachable on loopback only", async () => {
  await using booted = await bootApp(`
    app.setup({ enableHttpStream: true })
    app.http('ports', { handler: () => ({ jsonBody: process.getActiveResourcesInfo().length }) })`)
  const port = Number(/Port: (\d+)/.exec(booted.lines().join('\n'))?.[1])
  const others = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).filter(({ internal }) => !internal))
  // The port is free on every other address of the machine: nobody listens there.
  for (const { address, scopeid } of others) {
    if (scopeid !== undefined && scopeid !== 0) continue
    const server = createServer()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, address, resolve)
    })
    await new Promise((resolve) => server.close(resolve))
  }
  expect(port).toBeGreaterThan(0)
})
