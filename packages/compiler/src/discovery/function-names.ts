import { basename, dirname } from 'node:path/posix'

/** What every platform's resource names take: kebab-case, a letter first. */
export const functionName: RegExp = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/

/** `getOrder` and `Orders_v2` become `get-order` and `orders-v2`; `default` takes the file's name. */
export function defaultName(exported: string, file: string): string {
  return kebab(exported === 'default' ? fileName(file) : exported)
}

export function kebab(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '')
}

/** `functions/users/index.ts` is about users. */
export function fileName(file: string): string {
  const name = basename(file).replace(/\.[^.]+$/, '')
  const folder = basename(dirname(file))
  return name === 'index' && folder !== '.' && folder !== '' ? folder : name
}
