import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { capabilityKeys } from '@isobar/core'
import { describe, expect, it } from 'vitest'

import { cases } from './cases/index.ts'
import { clauseTitles } from './clauses.ts'
import { bugCoverage, knownBugs } from './known-bugs.ts'
import { clauseIds } from './types.ts'

const ids = cases.map(({ id }) => id)

describe('the cases', () => {
  it('are more than a hundred, each of its own name', () => {
    expect(ids.length).toBeGreaterThanOrEqual(100)
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
    expect(ids.filter((id) => !/^(?:http|event)\/[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id))).toEqual([])
  })

  it('prove every clause', () => {
    const proved = new Set(cases.flatMap(({ clauses }) => clauses))
    expect(clauseIds.filter((clause) => !proved.has(clause))).toEqual([])
    expect(cases.filter(({ clauses }) => clauses.length === 0).map(({ id }) => id)).toEqual([])
  })

  it('need only what targets answer for', () => {
    const needed = cases.flatMap(({ needs = {} }) => Object.keys(needs))
    expect(needed.filter((key) => !capabilityKeys.some((known) => known === key))).toEqual([])
  })

  it('know no platform and nothing of the runner', () => {
    const platforms = /aws|amazon|lambda|azure|google|gcp|cloud(?!-event)|worker|gateway|\balb\b/i
    expect(ids.filter((id) => platforms.test(id))).toEqual([])
    const folder = join(import.meta.dirname, 'cases')
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
    const allowed = /^(@isobar\/core|node:assert|(?:\.\.\/){1,2}types\.ts|\.\/(?:events\/)?[a-z-]+\.ts)$/
    for (const file of files) {
      const source = readFileSync(join(folder, file), 'utf8')
      const imported = [...source.matchAll(/(?:from|import\()\s*'([^']+)'/g)].flatMap(
        ([, specifier]) => specifier ?? [],
      )
      expect(
        imported.filter((specifier) => !allowed.test(specifier)),
        file,
      ).toEqual([])
      expect(source.match(/\b(?:aws|lambda|azure|google|gcp|cloudflare|workerd)\b/gi) ?? [], file).toEqual([])
    }
  })
})

describe('the clauses', () => {
  it('are those of the HTTP profile and of the rules of events, and each has a title', () => {
    expect(Object.keys(clauseTitles)).toEqual([...clauseIds])
    const written = ['http-profile.md', 'events.md'].flatMap((name) => {
      const text = readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8')
      return [...text.matchAll(/^\| ([RSCE]\d+) \|/gm)].flatMap(([, clause]) => clause ?? [])
    })
    expect(written).toEqual([...clauseIds])
  })
})

describe('the known bugs', () => {
  it('are named by cases only with a number that is listed, and that a case can show', () => {
    const listed = new Set(knownBugs.flatMap(({ number, outside }) => (outside === undefined ? [number] : [])))
    const wrong = cases.flatMap(({ id, bugs = [] }) =>
      bugs.filter((number) => !listed.has(number)).map((number) => `${id} names ${number}`),
    )
    expect(wrong).toEqual([])
  })

  it('are listed once, in order', () => {
    const numbers = knownBugs.map(({ number }) => number)
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b))
  })

  it('have a case for four of five that a case can show', () => {
    const coverage = bugCoverage(cases)
    const uncovered = coverage.filter((entry) => entry.cases.length === 0).map(({ bug }) => `${bug.number} ${bug.what}`)
    expect(uncovered.length / coverage.length, uncovered.join('\n')).toBeLessThanOrEqual(0.2)
  })
})
