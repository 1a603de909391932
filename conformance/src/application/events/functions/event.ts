import { event, type EventDefinition } from '@isobar/core'
import { obey } from '../lib/obey.ts'

export const placed: EventDefinition = event('com.example.order.placed', obey)
