/**
 * Runs in a process of its own (see watch.ts). Lines on stdin: `+pid` to remember a process group, `-pid` to forget it.
 * At the end of stdin, which is the end of the process at its other side, every remembered group is killed.
 */
const groups = new Set<number>()
let rest = ''

process.stdin.setEncoding('utf8')
process.stdin.on('data', (text: string) => {
  const lines = (rest + text).split('\n')
  rest = lines.pop() ?? ''
  for (const line of lines) {
    const pid = Number(line.slice(1))
    if (line.startsWith('+')) groups.add(pid)
    else groups.delete(pid)
  }
})
process.stdin.once('end', () => {
  for (const pid of groups) {
    for (const signal of ['SIGCONT', 'SIGKILL'] as const) {
      try {
        process.kill(-pid, signal)
      } catch {
        // ESRCH: it has ended by itself.
      }
    }
  }
})
