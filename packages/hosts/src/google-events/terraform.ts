import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { isObject, readBlock, type Block, type Resolve } from './block.ts'
import type { Place } from './computed.ts'
import { single, type Module, type Raw } from './module.ts'
import { createResolver } from './references.ts'

/** What the Terraform files of a folder declare, with their references resolved. */
export interface Terraform {
  place: Place
  /** Resolves references in a text of another deploy file. */
  resolve: Resolve
  /** Resources of a type, in the order of the files. */
  resources(type: string): Declared[]
  /** Data sources of a type: what is there already. */
  data(type: string): Declared[]
}

export interface Declared extends Block {
  type: string
  label: string
}

/** Where everything is deployed to. */
const project = { project: 'local-project', number: '123456789012' }
const defaultRegion = 'europe-west1'

/**
 * Reads every `*.tf.json` of a folder, which are one module: https://developer.hashicorp.com/terraform/language/files
 * @throws Error for a file that is not in Terraform's JSON syntax
 */
export function readTerraform(directory: string): Terraform {
  const variables = new Map<string, unknown>()
  const module: Module = { declared: [], place: { ...project, region: defaultRegion }, variables, locals: new Map() }
  const files = readdirSync(directory).filter((name) => name.endsWith('.tf.json'))
  for (const file of files.toSorted()) {
    const content = parse(join(directory, file), file)
    for (const mode of ['resource', 'data'] as const) {
      for (const [type, labels] of members(content[mode])) {
        for (const [label, body] of members(labels)) module.declared.push({ mode, type, label, body, file })
      }
    }
    for (const [name, body] of members(content['variable'])) {
      variables.set(name, isObject(body) ? body['default'] : undefined)
    }
    for (const [name, value] of members(content['locals'])) module.locals.set(name, value)
  }
  const region = variables.get('region')
  if (typeof region === 'string') module.place.region = region
  const resolve = createResolver(module)
  const blocks = module.declared.map((raw) => {
    const block = readBlock(single(raw.body), `${raw.file}, ${raw.type}.${raw.label}`, resolve)
    return { mode: raw.mode, block: Object.assign(block, { type: raw.type, label: raw.label }) }
  })
  const select = (mode: Raw['mode'], type: string): Declared[] =>
    blocks.filter((one) => one.mode === mode && one.block.type === type).map((one) => one.block)
  return {
    place: module.place,
    resolve,
    resources: (type) => select('resource', type),
    data: (type) => select('data', type),
  }
}

function parse(path: string, file: string): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (isObject(content)) return content
  } catch (cause) {
    throw new Error(`${file} is not JSON.`, { cause })
  }
  throw new Error(`${file} holds no object.`)
}

/** JSON syntax allows an array of objects wherever it has an object: https://developer.hashicorp.com/terraform/language/syntax/json */
function members(value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap(members)
  return isObject(value) ? Object.entries(value) : []
}
