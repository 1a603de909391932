import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

const folder = join(import.meta.dirname, '../fixtures')
const provenance = readFileSync(join(folder, 'PROVENANCE.md'), 'utf8')
const files = globSync('*/**/*', { cwd: folder, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  .filter((path) => !path.startsWith('licenses/'))
const entries = [...provenance.matchAll(/^\| ([a-z]+\/\S+) \| (.+) \| (\S+) \| (.+) \| (\w+) \| .*\|$/gm)].map(
  ([, file = '', source = '', commit = '', licence = '', how = '']) => ({ file, source, commit, licence, how }),
)

describe('the provenance of fixtures', () => {
  it('has an entry for every file, and a file for every entry', () => {
    expect(files.length).toBeGreaterThan(0)
    expect(entries.map(({ file }) => file).toSorted()).toEqual(files.toSorted())
  })

  it('names the file and commit of what was copied', () => {
    const copied = entries.filter(({ how }) => how === 'copied')
    const vague = copied.filter(
      ({ source, commit }) => !/^[\w.-]+\/[\w.-]+:\S+$/.test(source) || !/^[0-9a-f]{12}$/.test(commit),
    )
    expect(vague).toEqual([])
    expect(entries.filter(({ how }) => how !== 'copied' && how !== 'recorded')).toEqual([])
  })

  it('keeps the licence and notice of what needs them', () => {
    const notices = readFileSync(join(folder, 'licenses/NOTICE.txt'), 'utf8')
    for (const licence of new Set(entries.map((entry) => entry.licence))) {
      if (licence === 'this project') continue
      expect(globSync(`licenses/${licence}.txt`, { cwd: folder }), licence).toHaveLength(1)
    }
    const apache = entries
      .filter(({ licence }) => licence === 'Apache-2.0')
      .map(({ source }) => source.split(':')[0] ?? '')
    expect([...new Set(apache)].filter((repository) => !notices.includes(`\n${repository}\n`))).toEqual([])
  })
})
