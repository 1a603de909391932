/** A block of a deploy file, read with the types that its document gives each argument. References in texts are resolved when read. */
export interface Block {
  /** Names it in errors: `main.tf.json, google_pubsub_topic.orders`. */
  where: string
  /** Undefined where it is missing or null. @throws Error when it is of another type */
  text(name: string): string | undefined
  /** Terraform converts texts to numbers and truth values: https://developer.hashicorp.com/terraform/language/expressions/types */
  number(name: string, range?: Range): number | undefined
  flag(name: string): boolean | undefined
  /** A protobuf duration as in `10s`, in milliseconds. */
  duration(name: string, range?: Range): number | undefined
  /** A map of texts; empty where it is missing. */
  texts(name: string): Record<string, string>
  /** Texts; none where it is missing. */
  list(name: string): string[]
  /** A nested block, which JSON syntax writes as an object or as an array of one. */
  block(name: string): Block | undefined
  blocks(name: string): Block[]
  /** As written, unresolved. */
  raw(name: string): unknown
}

/** The least and the most that the vendor takes. */
export type Range = readonly [least: number, most: number]

/** Resolves the references in a text. */
export type Resolve = (text: string, where: string) => string

/** @throws Error when the value is no object */
export function readBlock(value: unknown, where: string, resolve: Resolve): Block {
  if (!isObject(value)) throw new Error(`${where} is no object.`)
  const raw = (name: string): unknown => value[name] ?? undefined
  const wrong = (name: string, expected: string): Error =>
    new Error(`${where}: "${name}" is ${JSON.stringify(raw(name))}, expected ${expected}.`)
  const scalar = (name: string): string | undefined => {
    const found = raw(name)
    if (found === undefined) return undefined
    if (typeof found === 'string') return resolve(found, `${where}, "${name}"`)
    if (typeof found === 'number' || typeof found === 'boolean') return String(found)
    throw wrong(name, 'a text')
  }
  const within = (name: string, value: number, range: Range | undefined): number => {
    if (range !== undefined && (value < range[0] || value > range[1]))
      throw wrong(name, 'a value that the vendor takes')
    return value
  }
  const block: Block = {
    where,
    raw,
    text: scalar,
    number(name, range) {
      const text = scalar(name)
      if (text === undefined) return undefined
      const number = Number(text)
      if (text.trim() === '' || !Number.isFinite(number)) throw wrong(name, 'a number')
      return within(name, number, range)
    },
    flag(name) {
      const text = scalar(name)
      if (text === undefined) return undefined
      if (text !== 'true' && text !== 'false') throw wrong(name, 'true or false')
      return text === 'true'
    },
    duration(name, range) {
      const text = scalar(name)
      if (text === undefined) return undefined
      // https://protobuf.dev/reference/protobuf/google.protobuf/#duration
      const seconds = /^(\d+(?:\.\d{1,9})?)s$/.exec(text)?.[1]
      if (seconds === undefined) throw wrong(name, 'a duration in seconds as in "10s"')
      return within(name, Number(seconds) * 1000, range)
    },
    texts(name) {
      const found = raw(name)
      if (found === undefined) return {}
      if (!isObject(found)) throw wrong(name, 'a map of texts')
      const entries = readBlock(found, `${where}, "${name}"`, resolve)
      return Object.fromEntries(Object.keys(found).map((key) => [key, entries.text(key) ?? '']))
    },
    list(name) {
      const found = raw(name) ?? []
      if (!Array.isArray(found)) throw wrong(name, 'an array of texts')
      return found.map((one: unknown) => {
        if (typeof one !== 'string') throw wrong(name, 'an array of texts')
        return resolve(one, `${where}, "${name}"`)
      })
    },
    block: (name) => block.blocks(name)[0],
    blocks(name) {
      const found = raw(name)
      if (found === undefined) return []
      const all = Array.isArray(found) ? found : [found]
      return all.map((one) => readBlock(one, `${where}, "${name}"`, resolve))
    },
  }
  return block
}

/** @throws Error when the argument is missing */
export function required<T>(block: Block, name: string, value: T | undefined): T {
  if (value === undefined) throw new Error(`${block.where} lacks "${name}".`)
  return value
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
