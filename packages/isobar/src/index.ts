export { defineConfig } from '@isobar/compiler'
export type { BundleOptions, Config } from '@isobar/compiler'
export * from '@isobar/core'
