import { describe, expect, it } from 'vitest'

import { sampleReport } from '../testing/sample-report.ts'
import { createProgress } from './progress.ts'

function shown(isTTY: boolean): string {
  let text = ''
  const progress = createProgress({ isTTY, columns: 40, write: (part) => (text += part) })
  const { doors, results } = sampleReport()
  progress({ kind: 'start', targets: 2, cases: 2 })
  for (const door of doors) progress({ kind: 'door', door })
  results.forEach((result, index) => progress({ kind: 'result', result, done: index + 1, total: 4 }))
  return text
}

describe('progress', () => {
  it('is plain lines where there is no terminal', () => {
    expect(shown(false).split('\n')).toEqual([
      'Building the reference application and booting 2 target(s) for 2 case(s)',
      'aws-lambda/alb is open: aws-lambda-ric 4.0.2',
      'google-cloud-functions is open: @google-cloud/functions-framework 5.0.5',
      '1 of 4 done, 0 failed',
      '2 of 4 done, 0 failed',
      'fail http/set-cookie-keeps-every-value at google-cloud-functions',
      '3 of 4 done, 1 failed',
      '4 of 4 done, 1 failed',
      '',
    ])
  })

  it('writes one line over and over on a terminal, no wider than it, and leaves none', () => {
    const parts = shown(true).split('\r\u001b[2K')
    const status = parts.filter((part) => part !== '' && !part.endsWith('\n'))
    expect(status).toHaveLength(4)
    expect(status.filter((part) => part.length >= 40)).toEqual([])
    expect(parts.at(-1)).toBe('')
  })
})
