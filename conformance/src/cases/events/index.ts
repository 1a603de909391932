import type { EventCase } from '../../types.ts'

/** Those about events, in the order of the clauses. */
export const eventCases: readonly EventCase[] = []
