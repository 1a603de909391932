/** Logical ids of a template. */
export interface LogicalIds {
  /** `get-order` becomes `GetOrder`: an id has letters and digits only, so two names may need a number. Total: asked twice, it gives two. */
  of(name: string, suffix?: string): string
}

export function logicalIds(): LogicalIds {
  const taken = new Set<string>()
  return {
    of(name, suffix = '') {
      const words = name.split(/[^A-Za-z0-9]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      const base = words.join('')
      let id = `${base}${suffix}`
      for (let count = 2; taken.has(id); count++) id = `${base}X${count}${suffix}`
      taken.add(id)
      return id
    },
  }
}
