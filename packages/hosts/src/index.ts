export { boot } from './boot.ts'
export { createFrontDoor, defaultHost, type FrontDoorOptions } from './front-door.ts'
export type {
  ChangeInput,
  CloudEventInput,
  DeadLetter,
  DeliveryAttempt,
  DeliveryRecord,
  EventInput,
  EventSide,
  MessageInput,
  ObjectInput,
  RecordValue,
  SourceName,
} from './events/types.ts'
export type { BootOptions, Exchange, FrontDoor, Host, LogEntry, RawRequest, RawResponse, Running } from './types.ts'
// What the built-in hosts are made of, for a host of your own.
export { createClock, type Clock } from './events/clock.ts'
export { createRecords, type Records } from './events/records.ts'
export { freePort, untilListening } from './instance.ts'
export { running } from './running.ts'
export { startRuntime, type RuntimeOptions, type RuntimeProcess } from './runtime-process.ts'
