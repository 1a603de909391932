let id: string | undefined

/** Tells a process or isolate from others. Made late, since some platforms forbid random values while a module loads. */
export function instance(): string {
  id ??= crypto.randomUUID()
  return id
}
