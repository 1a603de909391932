import type { Emitted, PlannedEvent } from '@isobar/compiler'
import { samplePlan } from '@isobar/compiler/testing'
import { parse } from 'yaml'
import { awsLambda } from '../build.ts'

/** What is emitted for event functions, behind the two http functions of the sample plan. */
export function emit(...events: PlannedEvent[]): Emitted {
  return awsLambda().emit(samplePlan('aws', events))
}

export type Template = Record<string, Record<string, { Type: string; Properties: Record<string, unknown> }>>

export function templateOf(...events: PlannedEvent[]): Template {
  return parse(emit(...events).files[0]?.text ?? '')
}

/** A resource's properties. */
export function properties(template: Template, id: string): Record<string, unknown> {
  return template['Resources']?.[id]?.Properties ?? {}
}

export function arnOf(id: string): object {
  return { 'Fn::GetAtt': [id, 'Arn'] }
}
