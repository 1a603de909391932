/** The conformance suite: its cases, the runner, and the reports. */
export { cases } from './cases/index.ts'
export { clauseTitles } from './clauses.ts'
export { runNothingLost, type NothingLostOptions, type NothingLostReport } from './nothing-lost/nothing-lost.ts'
export { toHtml } from './report/html/page.ts'
export { toJUnit } from './report/junit.ts'
export { renderMatrix } from './report/matrix.ts'
export { createProgress, type ProgressStream } from './report/progress.ts'
export type { Outcome, Report, ReportCase, ReportDoor, ReportExchange, ReportResult, Totals } from './report/schema.ts'
export { writeReport } from './report/write-report.ts'
export { runConformance, type ConformanceOptions, type Progress } from './runner/run-conformance.ts'
export { clauseIds } from './types.ts'
export type {
  ApplicationName,
  Case,
  Check,
  ClauseId,
  EventCase,
  EventHarness,
  Harness,
  HttpCase,
  Instruction,
  SeenEvent,
} from './types.ts'
