import { type EventDefinition, topic } from '@isobar/core'
import { obey } from '../lib/obey.ts'

export const firstReader: EventDefinition = topic('news', obey)
export const secondReader: EventDefinition = topic('news', obey)
export const rawReader: EventDefinition = topic({ topic: 'raw-news', data: 'bytes' }, obey)
