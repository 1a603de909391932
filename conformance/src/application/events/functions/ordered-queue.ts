import { type EventDefinition, queue } from '@isobar/core'
import { obey } from '../lib/obey.ts'

export const serial: EventDefinition = queue({ queue: 'serial', ordered: true }, obey)
