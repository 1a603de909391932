import { posix } from 'node:path'
import type { PlacedEntry } from '../plan/emit.ts'
import type { OutputFile } from '../output-folder.ts'

/** The same for entries whose bundles differ only by the name of the folder that they stand in. */
export function libraryKind({ source, file }: PlacedEntry): string {
  const depth = file.split('/').length
  return JSON.stringify([depth, posix.basename(file), source])
}

/** What was bundled for one entry, as it would have been for another of the same kind. */
export function moveLibrary(files: readonly OutputFile[], from: PlacedEntry, to: PlacedEntry): OutputFile[] {
  const folder = posix.dirname(from.file)
  return files.map(({ path, contents }) => ({
    path: posix.join(posix.dirname(to.file), posix.relative(folder, path)),
    contents:
      path === from.file || path === `${from.file}.map` ? renamed(contents, from.shimFile, to.shimFile) : contents,
  }))
}

/** The one path in it that has the folder's name is that of the shim. */
function renamed(contents: OutputFile['contents'], from: string, to: string): string {
  const text = typeof contents === 'string' ? contents : new TextDecoder().decode(contents)
  return text.replaceAll(from, to)
}
