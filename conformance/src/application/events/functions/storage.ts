import { type EventDefinition, storage } from '@isobar/core'
import { obey } from '../lib/obey.ts'

export const uploads: EventDefinition = storage('isobar-uploads', obey)
export const arrivals: EventDefinition = storage({ bucket: 'isobar-arrivals', on: 'created' }, obey)
