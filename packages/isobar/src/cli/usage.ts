export type Topic = 'build' | 'check' | 'conform'

const general = `isobar: write a serverless handler once, compile it to a thin native shim per cloud.

Usage: isobar <command> [options]

Commands:
  build    compile every function for every target of isobar.config.ts
  check    tell what is not portable, where, and which targets would do
  conform  run the conformance suite on the vendors' own runtimes

Options:
  --help     help for a command: isobar build --help
  --version  the version of Isobar

Exit codes: 0 all right, 1 diagnostics or failed cases, 2 misuse.`

const target = '  --target NAME  only this target of the config; may be given several times'
const config = '  --config FILE  the config file (default: isobar.config.ts in the working folder)'

const topics: Readonly<Record<Topic, string>> = {
  build: `Usage: isobar build [options]

Compiles every function for every target and writes each target's folder, with a manifest.json in it.

Options:
${target}
  --out DIR      the folder that gets a folder per target (default: outDir of the config, else .isobar)
${config}`,
  check: `Usage: isobar check [options]

Does everything that build does but the writing, and tells what it found.

Options:
${target}
  --json         print the diagnostics as JSON
${config}`,
  conform: `Usage: isobar conform [options]

Runs the conformance suite: builds the reference application for every target, boots it in the vendor's runtime on
loopback, sends every case's requests and compares.

Options:
${target}
  --case GLOB    only the cases whose id matches: http/set-cookie-*
  --report DIR   write report.json, junit.xml and report.html into this folder
  --json         print the report as JSON
${config}`,
}

export function usage(topic: Topic | undefined): string {
  return topic === undefined ? general : topics[topic]
}
