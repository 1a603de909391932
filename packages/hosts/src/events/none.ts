import type { EventSide } from './types.ts'

/** The event side of a target that has none. */
export function noEvents(): EventSide {
  return {
    async deliver(source) {
      throw new Error(`No function of this target listens to ${source}: it was built without event functions.`)
    },
    async advance() {},
    deliveries: () => [],
    async deadLetters() {
      return []
    },
    async kill() {
      throw new Error('This host cannot end its runtime.')
    },
    breakEffects() {},
  }
}
