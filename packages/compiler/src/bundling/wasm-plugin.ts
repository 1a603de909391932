import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/**
 * On Workers `import module from './x.wasm'` is a WebAssembly.Module, and none can be compiled from bytes there:
 * https://developers.cloudflare.com/workers/runtime-apis/webassembly/javascript/. On Node it becomes the same.
 */
export function wasmPlugin(): Plugin {
  return {
    name: 'isobar-wasm',
    setup(esbuild) {
      esbuild.onLoad({ filter: /\.wasm$/, namespace: 'file' }, async ({ path }) => {
        const bytes = await readFile(path, 'base64')
        return {
          contents: `export default new WebAssembly.Module(Uint8Array.from(atob('${bytes}'), (character) => character.charCodeAt(0)))`,
          loader: 'js',
        }
      })
    },
  }
}
