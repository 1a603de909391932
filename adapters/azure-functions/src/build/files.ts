/** `main` is what the worker loads; the library is the one thing outside the bundle. */
export function appPackage(name: string): string {
  return json({
    name,
    private: true,
    type: 'module',
    main: 'index.mjs',
    dependencies: { '@azure/functions': '^4.16.5' },
  })
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
