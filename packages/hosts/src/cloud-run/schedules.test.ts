import { describe, expect, it } from 'vitest'

import { built, invoker, type Listening } from '../google-events/testing.ts'
import { recordingService } from './recording-service.ts'

const url = '${data.google_cloud_run_v2_service.events.uri}/.isobar/'

function job(path: string, more: object): object {
  return {
    name: `shop-${path}`,
    schedule: '30 2 * * MON-FRI',
    http_target: {
      uri: url + path,
      http_method: 'POST',
      oidc_token: { service_account_email: 'invoker@local-project.iam.gserviceaccount.com' },
    },
    ...more,
  }
}

const deploy = {
  data: { google_cloud_run_v2_service: { events: { name: 'shop-events', location: 'europe-west1' } } },
  resource: {
    google_cloud_run_service_iam_member: { events: invoker('shop-events') },
    google_cloud_scheduler_job: {
      nightly: job('nightly', { time_zone: 'Europe/Zurich' }),
      failing: job('failing', {
        schedule: '0 * * * *',
        retry_config: { retry_count: 3, min_backoff_duration: '900s', max_doublings: 5 },
      }),
    },
  },
}

const kinds = ['nightly', 'failing'].map((name): Listening => ({
  ...built(name, 'server.mjs'),
  kind: 'schedule',
  trigger: { cron: '* * * * *' },
  resource: { logical: name, physical: name },
}))

const service = recordingService(kinds, deploy)
const { requests } = service

const minute = 60_000

describe('schedules', () => {
  it('call at their times, in their zone', async () => {
    await service.running.advance(7 * 24 * 60 * minute)
    const ticks = (await requests('nightly', 5)).slice(0, 5)
    for (const { method, headers, body } of ticks) {
      expect({ method, body }).toEqual({ method: 'POST', body: '' })
      expect(headers).toMatchObject({
        'user-agent': 'Google-Cloud-Scheduler',
        'x-cloudscheduler': 'true',
        'x-cloudscheduler-jobname': 'shop-nightly',
        'x-cloudscheduler-scheduletime': expect.stringMatching(/^\d{4}-\d\d-\d\dT02:30:00\+0[12]:00$/),
      })
      expect(new Date(headers['x-cloudscheduler-scheduletime'] ?? '').getUTCDay()).toBeOneOf([1, 2, 3, 4, 5])
    }
  })

  it('come again as the job says, and skip a time that retries go past', async () => {
    await service.running.advance(4 * 60 * minute)
    const records = service.running.deliveries().filter((one) => one.function === 'failing')
    const [first, second] = records
    const minutes = (record = first): number[] | undefined =>
      record?.attempts.map((one) => (one.at.getTime() - record.sentAt.getTime()) / minute)
    expect(minutes()).toEqual([0, 15, 45, 105])
    expect(first?.end).toBe('dropped')
    expect((second?.sentAt.getTime() ?? 0) - (first?.sentAt.getTime() ?? 0)).toBe(120 * minute)
    const headers = (await requests('failing', 3))
      .slice(0, 3)
      .map((one) => one.headers['x-cloudscheduler-scheduletime'])
    expect(new Set(headers).size).toBe(1)
  })

  it('take no events', async () => {
    await expect(service.running.deliver('schedule:nightly', [{ body: 'x' }])).rejects.toThrow('takes no events')
  })
})
