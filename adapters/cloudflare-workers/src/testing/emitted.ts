import type { Emitted, PlannedEvent } from '@isobar/compiler'
import { samplePlan } from '@isobar/compiler/testing'
import { cloudflareWorkers } from '../build.ts'

/** What is emitted for the sample application with these event functions. */
export function emit(events: readonly PlannedEvent[]): Emitted {
  return cloudflareWorkers().emit(samplePlan('cloudflare-workers', events))
}

/** @throws Error when there is no such file. */
export function textOf({ files }: Emitted, path: string): string {
  const text = files.find((file) => file.path === path)?.text
  if (text === undefined) throw new Error(`No ${path} among ${files.map((file) => file.path).join(', ')}.`)
  return text
}

export function configOf(emitted: Emitted, path: string): unknown {
  return JSON.parse(textOf(emitted, path))
}
