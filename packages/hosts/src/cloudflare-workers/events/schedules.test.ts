import { expect, test } from 'vitest'

import { bootWorker, scheduleFunction, text, type BootedWorker } from '../testing.ts'

const source = `
  let seen = []
  export default {
    fetch: () => Response.json(seen),
    scheduled({ cron, scheduledTime }) {
      seen.push([cron, typeof scheduledTime, new Date(scheduledTime).toISOString()])
    },
  }`

/** Midnight of the next Sunday that is at least a day ahead, so that the tests know what day it is. */
function sunday(): number {
  const day = 86_400_000
  const midnight = Math.ceil(Date.now() / day + 1) * day
  return midnight + ((7 - new Date(midnight).getUTCDay()) % 7) * day
}

async function seen(booted: BootedWorker): Promise<[string, string, string][]> {
  return JSON.parse(text(await booted.door.send({})))
}

function crons(...expressions: string[]): object {
  return { triggers: { crons: expressions } }
}

// conformance/fixtures: cron-every-5-min, recorded of miniflare.
test('the handler gets the expression and the time that was due', async () => {
  await using booted = await bootWorker(source, {
    configuration: crons('*/20 * * * *'),
    functions: [scheduleFunction('tidy', '0,20,40 * * * *')],
  })
  const start = sunday()
  await booted.running.advance(new Date(start + 1))
  const before = booted.running.deliveries().length
  await booted.running.advance(new Date(start + 3_600_000))
  expect((await seen(booted)).slice(before)).toEqual(
    [20, 40, 60].map((minutes) => ['*/20 * * * *', 'number', new Date(start + minutes * 60_000).toISOString()]),
  )
  const at = new Date(start + 20 * 60_000)
  expect(booted.running.deliveries()[before]).toEqual({
    id: `tidy/${at.toISOString()}`,
    source: 'schedule:tidy',
    function: 'tidy',
    sentAt: at,
    attempts: [{ at, number: 1, outcome: 'ack' }],
    end: 'acknowledged',
  })
})

// https://developers.cloudflare.com/workers/configuration/cron-triggers/#examples
test.each([
  ['0 17 * * 1', ['0T17:00']],
  ['0 17 * * sun', ['0T17:00']],
  ['10 7 * * 2-6', ['1T07:10', '2T07:10', '3T07:10', '4T07:10', '5T07:10']],
  ['10 7 * * mon-fri', ['1T07:10', '2T07:10', '3T07:10', '4T07:10', '5T07:10']],
  ['0 0,12 * * 7', ['6T00:00', '6T12:00']],
])('%s fires as documented', async (expression, times) => {
  await using booted = await bootWorker(source, { configuration: crons(expression) })
  const start = sunday()
  await booted.running.advance(new Date(start - 1))
  const before = (await seen(booted)).length
  await booted.running.advance(7 * 86_400_000)
  const fired = (await seen(booted)).slice(before).map(([, , time]) => time)
  expect(fired.map((time) => `${new Date(time).getUTCDay()}${time.slice(10, 16)}`)).toEqual(times)
})

test('a trigger is that of the functions whose schedule it is', async () => {
  await using booted = await bootWorker(source, {
    configuration: crons('0 9 * * 2-6', '0 10 * * *'),
    functions: [
      scheduleFunction('open', '0 9 * * MON-FRI'),
      scheduleFunction('ring', '0 9 * * MON,TUE,WED,THU,FRI'),
      scheduleFunction('other', '0 9 * * SUN-THU'),
    ],
  })
  const start = sunday()
  await booted.running.advance(new Date(start))
  const before = booted.running.deliveries().length
  await booted.running.advance(2 * 86_400_000)
  const fired = booted.running.deliveries().slice(before)
  expect(fired.map(({ source: name, sentAt }) => [name, sentAt.toISOString().slice(11, 16)])).toEqual([
    ['schedule:open', '09:00'],
    ['schedule:ring', '09:00'],
  ])
})

// conformance/fixtures: exception, recorded of miniflare.
test.each([
  ['a handler that throws', "export default { async scheduled() { throw new Error('broke') } }"],
  ['a worker without the handler', "export default { fetch: () => new Response('hi') }"],
])('%s fails once and is not called again', async (_, failing) => {
  await using booted = await bootWorker(failing, {
    configuration: crons('0 0 * * *'),
    functions: [scheduleFunction('nightly', '0 0 * * *')],
  })
  await booted.running.advance(86_400_000)
  const [record, ...others] = booted.running.deliveries()
  expect(others).toEqual([])
  expect(record?.end).toBe('dropped')
  expect(record?.attempts).toMatchObject([{ number: 1, outcome: 'retry', error: expect.stringContaining('exception') }])
})

test('only the clock fires a schedule', async () => {
  await using booted = await bootWorker(source, {
    configuration: crons('0 0 * * *'),
    functions: [scheduleFunction('nightly', '0 0 * * *')],
  })
  await expect(booted.running.deliver('schedule:nightly', [])).rejects.toThrow('the clock alone fires it')
})
