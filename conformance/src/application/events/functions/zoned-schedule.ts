import { type EventDefinition, schedule } from '@isobar/core'
import { obey } from '../lib/obey.ts'

export const zoned: EventDefinition = schedule({ cron: '30 2 * * *', timeZone: 'Europe/Zurich' }, obey)
