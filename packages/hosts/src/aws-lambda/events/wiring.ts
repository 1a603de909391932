import type { DeployedFunction, Deployment } from './deployment.ts'
import { flagOf, objectOf, textOf, type Properties } from './values.ts'

/** What calls a function, with the settings of the form in which the template has it. */
export interface Trigger {
  kind: 'mapping'
  function: DeployedFunction
  /** What events come from. */
  sourceArn: string
  settings: Properties
}

/** Event types of SAM that are event source mappings, and the property that names the source. */
const mappedTypes: Readonly<Record<string, string>> = { SQS: 'Queue', Kinesis: 'Stream', DynamoDB: 'Stream' }

/**
 * All that calls the functions of a template: the `Events` of SAM and the resources of CloudFormation.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
 */
export function triggersOf(deployment: Deployment): Trigger[] {
  const inFunctions = deployment.functions.flatMap((one) =>
    Object.values(objectOf(one.properties['Events'])).flatMap((event): Trigger[] => {
      const type = textOf(objectOf(event)['Type']) ?? ''
      const settings = objectOf(objectOf(event)['Properties'])
      const property = mappedTypes[type]
      if (property !== undefined) return mapping(one, textOf(settings[property]), settings)
      return []
    }),
  )
  const mappings = deployment.ofType('AWS::Lambda::EventSourceMapping').flatMap(({ properties }): Trigger[] => {
    const one = deployment.functionAt(properties['FunctionName'])
    return one === undefined ? [] : mapping(one, textOf(properties['EventSourceArn']), properties)
  })
  return [...inFunctions, ...mappings]
}

function mapping(one: DeployedFunction, sourceArn: string | undefined, settings: Properties): Trigger[] {
  if (sourceArn === undefined) throw new Error(`template.yaml: an event of ${one.id} does not say where it comes from.`)
  return flagOf(settings['Enabled']) === false ? [] : [{ kind: 'mapping', function: one, sourceArn, settings }]
}
