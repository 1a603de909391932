import { createHash } from 'node:crypto'

/** Numbers that look random and are the same for the same seed and key, in whatever order they are asked for. */
export interface Random {
  /** From 0 to 1, 1 excluded. */
  of(key: string): number
}

export function createRandom(seed: number): Random {
  return {
    of(key) {
      const bytes = createHash('sha256').update(`${seed} ${key}`).digest()
      return bytes.readUInt32BE() / 2 ** 32
    },
  }
}
