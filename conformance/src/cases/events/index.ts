import type { EventCase } from '../../types.ts'
import { batchCases } from './batches.ts'
import { cloudEventCases } from './cloud-events.ts'
import { dataCases } from './data.ts'
import { invalidDataCases } from './invalid-data.ts'
import { invocationCases } from './invocations.ts'
import { orderCases } from './order.ts'
import { outcomeCases } from './outcomes.ts'
import { changeCases } from './changes.ts'
import { customEventCases, privacyCases } from './custom-events.ts'
import { storageCases } from './storage.ts'
import { scheduleCases } from './schedules.ts'
import { topicCases } from './topics.ts'

/** Those about events, in the order of the clauses. */
export const eventCases: readonly EventCase[] = [
  ...dataCases,
  ...invalidDataCases,
  ...cloudEventCases,
  ...topicCases,
  ...outcomeCases,
  ...batchCases,
  ...orderCases,
  ...invocationCases,
  ...scheduleCases,
  ...storageCases,
  ...changeCases,
  ...customEventCases,
  ...privacyCases,
]
