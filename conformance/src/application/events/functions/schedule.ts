import { type EventDefinition, schedule } from '@isobar/core'
import { obey } from '../lib/obey.ts'

export const workdays: EventDefinition = schedule('30 9 * * MON-FRI', obey)
export const monthly: EventDefinition = schedule('0 0 1 * *', obey)
