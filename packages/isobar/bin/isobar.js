#!/usr/bin/env node
// Plain JavaScript that any Node can parse: an older one gets a sentence instead of a syntax error.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `isobar needs Node 22.18 or newer; this is Node ${process.versions.node}. Install a newer Node, or add the npm package "node" to your devDependencies.`,
  )
  process.exit(2)
}
await import('#cli')
