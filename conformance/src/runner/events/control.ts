import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'

import type { Decide, Instruction, SeenEvent } from '../../types.ts'

/**
 * The server that handlers of the events application ask what to do, and tell when they are done. Where the answer comes
 * from does not depend on the process that asks: it may be a new one after a crash, or one of several.
 */
export interface Control {
  /** For the environment of the runtime. */
  url: string
  /** Begins anew: nothing seen, every handler resolves, those that still wait for an answer too. */
  reset(): void
  answer(decide: Decide): void
  answerTicks(decide: Decide): void
  seen(): readonly SeenEvent[]
  ticks(): readonly SeenEvent[]
  resolved(): readonly SeenEvent[]
  close(): Promise<void>
}

const resolves: Decide = () => ({ do: 'resolve' })

function isTick({ source }: SeenEvent): boolean {
  return source.startsWith('schedule:')
}

interface Ticket {
  seen: SeenEvent
  resolved: boolean
}

export async function openControl(): Promise<Control> {
  let decide: Decide = resolves
  let decideTicks: Decide = resolves
  const tickets = new Map<string, Ticket>()
  let over = Promise.withResolvers<Instruction>()

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { ticket: id, ...told } = Object(await json(request))
    if (request.url === '/begin') {
      const seen: SeenEvent = told
      tickets.set(id, { seen, resolved: false })
      response.end(JSON.stringify(await Promise.race([isTick(seen) ? decideTicks(seen) : decide(seen), over.promise])))
      return
    }
    const ticket = tickets.get(id)
    if (ticket && request.url === '/end') ticket.resolved = true
    // The work of a handler is over: it is seen as another event would be.
    if (ticket && request.url === '/worked')
      tickets.set(`${id} worked`, { seen: { ...ticket.seen, type: 'worked' }, resolved: true })
    response.end('{}')
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      response.writeHead(500).end(JSON.stringify({ error: String(error) }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The control server has no port.')

  const all = (isWanted: (ticket: Ticket) => boolean): SeenEvent[] =>
    [...tickets.values()].filter(isWanted).map(({ seen }) => seen)

  return {
    url: `http://127.0.0.1:${address.port}`,
    reset() {
      over.resolve({ do: 'resolve' })
      over = Promise.withResolvers()
      tickets.clear()
      decide = resolves
      decideTicks = resolves
    },
    answer(next) {
      decide = next
    },
    answerTicks(next) {
      decideTicks = next
    },
    seen: () => all(({ seen }) => !isTick(seen)),
    ticks: () => all(({ seen }) => isTick(seen)),
    resolved: () => all(({ seen, resolved }) => resolved && !isTick(seen)),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
