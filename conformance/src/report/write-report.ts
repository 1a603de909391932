import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { toHtml } from './html/page.ts'
import { toJUnit } from './junit.ts'
import type { Report } from './schema.ts'

/** Writes report.json, junit.xml and report.html into a folder, which is made when it is not there. */
export async function writeReport(report: Report, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  await Promise.all([
    writeFile(join(directory, 'report.json'), `${JSON.stringify(report, undefined, 2)}\n`),
    writeFile(join(directory, 'junit.xml'), toJUnit(report)),
    writeFile(join(directory, 'report.html'), toHtml(report)),
  ])
}
