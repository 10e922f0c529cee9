// The product as an operator runs it: the built binary, an empty folder, a free port.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

// Filling writes a year of a regency's work; two busy cores take minutes for it.
const START_SECONDS_MAX = 600
const STOP_SECONDS_MAX = 20
const LOG_LINES_KEPT = 60

/** The day the example content ends at, and its seed: the same pages every time. */
const AS_OF = '2026-11-20'
const SEED = '7'

/** Starts a demo and resolves when /readyz says so; or uses the one at SMARTGOVT_URL. */
export async function startServer() {
  if (process.env.SMARTGOVT_URL) {
    const { SMARTGOVT_URL: url, SMARTGOVT_DATA: data } = process.env
    return { url, data, stop: async () => ({ gracefully: true }) }
  }
  const binary = needed('SMARTGOVT_BINARY', 'the path of the built smartgovt')
  const data = mkdtempSync(join(tmpdir(), 'smartgovt-e2e-'))
  const address = `127.0.0.1:${await freePort()}`
  const url = `http://${address}`
  const child = spawn(binary, [
    'demo', '--data', data, '--listen', address, '--region', process.env.SMARTGOVT_REGION ?? '16.11',
    '--as-of', AS_OF, '--seed', SEED,
  ], { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
  process.once('exit', () => child.kill('SIGKILL'))
  await ready(child, exited, url)
  return { url, data, stop: () => stop(child, exited, data) }
}

/** The accounts the demo wrote down: [{role, unit, username, password}]. */
export function accounts() {
  return JSON.parse(readFileSync(join(process.env.SMARTGOVT_DATA, 'demo-accounts.json'), 'utf8'))
}

/** Asks /readyz at every line the server logs: it logs when it begins to listen. */
function ready(child, exited, url) {
  const log = []
  return new Promise((resolve, reject) => {
    const give = (why) => reject(new Error(`${why}\n${log.join('\n')}`))
    const bound = AbortSignal.timeout(START_SECONDS_MAX * 1000)
    bound.addEventListener('abort', () => give(`the demo was not ready after ${START_SECONDS_MAX} seconds`))
    exited.then(({ code, signal }) => give(`the demo ended before it was ready (${code ?? signal})`))
    for (const output of [child.stdout, child.stderr]) {
      createInterface({ input: output }).on('line', async (line) => {
        log.push(line)
        if (log.length > LOG_LINES_KEPT) log.shift()
        const answer = await fetch(`${url}/readyz`).catch(() => undefined)
        if (answer?.ok) resolve()
      })
    }
  })
}

/** Asks the server to end as systemd would, and says whether it did so by itself. */
async function stop(child, exited, data) {
  child.kill('SIGTERM')
  const late = new Promise((resolve) => {
    AbortSignal.timeout(STOP_SECONDS_MAX * 1000).addEventListener('abort', () => resolve(undefined))
  })
  const ended = await Promise.race([exited, late])
  if (ended === undefined) child.kill('SIGKILL')
  rmSync(data, { recursive: true, force: true })
  if (ended === undefined) return { gracefully: false, how: `still running ${STOP_SECONDS_MAX} seconds after SIGTERM` }
  return { gracefully: ended.code === 0, how: `exit code ${ended.code ?? ended.signal}` }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

function needed(name, what) {
  const value = process.env[name]
  if (!value) throw new Error(`Set ${name}: ${what}. \`cargo xtask test\` does.`)
  return value
}
