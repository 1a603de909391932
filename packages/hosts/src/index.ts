export { boot } from './boot.ts'
export { createFrontDoor, defaultHost, type FrontDoorOptions } from './front-door.ts'
export type { BootOptions, Exchange, FrontDoor, Host, LogEntry, RawRequest, RawResponse, Running } from './types.ts'
