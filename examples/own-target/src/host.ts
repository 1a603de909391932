import { join } from 'node:path'

import { createFrontDoor, freePort, running, startRuntime, untilListening, type Host } from '@isobar/hosts'

/** The host: boots the built artifact on loopback, so that `isobar conform` can speak to it. */
export const plainNodeHost: Host = {
  platform: 'plain-node',
  async boot(directory, manifest, { env, onLog, startTimeoutMs }) {
    const [first] = manifest.functions
    if (!first) throw new Error(`${directory} holds no function. Build it again: isobar build`)
    const port = await freePort()
    const runtime = startRuntime({
      script: join(directory, first.entry),
      cwd: directory,
      env: { PORT: String(port), ...env },
      ...(onLog && { onLog }),
    })
    await untilListening(runtime, port, `node, for ${first.entry},`, startTimeoutMs)
    const host = `127.0.0.1:${port}`
    const door = createFrontDoor({
      id: 'plain-node',
      port,
      host,
      runtime: { name: 'node', version: process.versions.node },
      front: 'vendor',
    })
    return running({ doors: [door], logs: runtime.logs, stop: () => runtime.stop() })
  },
}
