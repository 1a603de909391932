import { changes, type EventDefinition } from '@isobar/core'
import { obey } from '../lib/obey.ts'

export const users: EventDefinition = changes('users', obey)
export const ledger: EventDefinition = changes({ table: 'ledger', numbers: 'bigint' }, obey)
