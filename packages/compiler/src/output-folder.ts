import { randomUUID } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface OutputFile {
  /** POSIX, relative to the folder. */
  path: string
  contents: Uint8Array | string
}

/** True when the folder may be replaced: it is not there, is empty, or a build of ours wrote it. */
export async function mayReplace(directory: string): Promise<boolean> {
  const found = statSync(directory, { throwIfNoEntry: false })
  if (!found) return true
  if (!found.isDirectory()) return false
  const names = await readdir(directory)
  if (names.length === 0) return true
  if (!names.includes('manifest.json')) return false
  try {
    const manifest: unknown = JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8'))
    return typeof manifest === 'object' && manifest !== null && 'isobar' in manifest
  } catch {
    return false
  }
}

/** Puts the files in place of what the folder had, in one step: a failed build leaves the old one as it was. */
export async function replaceFolder(directory: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  const id = randomUUID().slice(0, 8)
  const temporary = `${directory}.${id}.new`
  const old = `${directory}.${id}.old`
  try {
    await mkdir(temporary, { recursive: true })
    await fill(temporary)
    const hadOne = existsSync(directory)
    if (hadOne) await rename(directory, old)
    try {
      await rename(temporary, directory)
    } catch (error) {
      if (hadOne) await rename(old, directory)
      throw error
    }
  } finally {
    await Promise.all([temporary, old].map((path) => rm(path, { recursive: true, force: true })))
  }
}

export async function writeFiles(directory: string, files: readonly OutputFile[]): Promise<void> {
  const folders = new Set(files.map(({ path }) => dirname(join(directory, path))))
  await Promise.all([...folders].map((folder) => mkdir(folder, { recursive: true })))
  await Promise.all(files.map(({ path, contents }) => writeFile(join(directory, path), contents)))
}
