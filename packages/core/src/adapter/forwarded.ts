/**
 * The address that a trusted front end appended to X-Forwarded-For. Everything to the left of it came with the request
 * and can be made up (R8).
 */
export function lastForwardedFor(header: string | string[] | null | undefined): string | undefined {
  const values = [header ?? ''].flat()
  const last = values.at(-1)?.split(',').at(-1)?.trim()
  return last === '' ? undefined : last
}
