import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** Calls `onLine` for every line of a stream, the last one included when it has no end of line. */
export function splitLines(stream: Readable | null, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  stream?.on('data', (bytes: Buffer) => {
    const lines = (rest + decoder.write(bytes)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line.endsWith('\r') ? line.slice(0, -1) : line)
  })
  stream?.once('end', () => {
    rest += decoder.end()
    if (rest !== '') onLine(rest)
  })
}
