/** The system's own, which goes on whatever the host's clock does. */
const SystemDate = Date

let shiftMs = 0

/**
 * Sets the clock that code in this process reads, as a machine's own clock would stand at the host's time: a timer of the
 * host fires when the host's clock says so, and the function then asks what time it is. Timers of the process are not
 * changed.
 *
 * @param now milliseconds since 1970; undefined: the system's own time.
 */
export function setClock(now: number | undefined): void {
  shiftMs = now === undefined ? 0 : now - SystemDate.now()
  if (now !== undefined) globalThis.Date = ShiftedDate
}

const shiftedNow = (): number => SystemDate.now() + shiftMs

const ShiftedDate = new Proxy(SystemDate, {
  apply: () => new SystemDate(shiftedNow()).toString(),
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [shiftedNow()] : args, newTarget),
  get: (target, name, receiver) => (name === 'now' ? shiftedNow : Reflect.get(target, name, receiver)),
})
