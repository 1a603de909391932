import { type EventDefinition, stream } from '@isobar/core'
import { obey } from '../lib/obey.ts'

export const clicks: EventDefinition = stream('clicks', obey)
export const rawClicks: EventDefinition = stream({ stream: 'raw-clicks', data: 'bytes' }, obey)
