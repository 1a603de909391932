import { defineConfig, type ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'adapters/*/src/**/*.test.ts',
      'conformance/src/**/*.test.ts',
      'scripts/**/*.test.ts',
      'examples/*/*.test.ts',
    ],
    // Tests of the hosts boot real runtimes in child processes; two cores share them.
    // Most of a test is waiting for them, so a worker for each core is not too many.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})

export default config
