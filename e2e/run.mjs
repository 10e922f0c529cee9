// Starts one demo server, runs every story against it, and closes with one line.
//
//   node run.mjs                    every story
//   node run.mjs counter public     those whose file names contain a word
//
// Environment: SMARTGOVT_BINARY (the built program), SMARTGOVT_REGION (a regency's code),
// CHROMIUM (the browser), SMARTGOVT_PICTURES (a folder: take the guide's pictures), SMARTGOVT_URL and
// SMARTGOVT_DATA (use a demo that runs already).

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { startServer } from './lib/server.mjs'

// A file of stories that hangs is a failure, not a wait.
const FILE_SECONDS_MAX = 600

const folder = join(import.meta.dirname, 'stories')
const words = process.argv.slice(2)
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.mjs'))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
  .sort()
  .map((name) => join(folder, name))

const server = await startServer()
process.env.SMARTGOVT_URL = server.url
process.env.SMARTGOVT_DATA = server.data

const count = { passed: 0, failed: 0 }
const stream = run({ files, concurrency: 1, timeout: FILE_SECONDS_MAX * 1000 })
// A file that breaks outside a story is reported as a failed test of its own, so nothing is lost.
stream.on('test:pass', (event) => { if (isStory(event)) count.passed += 1 })
stream.on('test:fail', (event) => { if (isStory(event) || event.nesting === 0) count.failed += 1 })
for await (const words of stream.compose(new spec())) process.stdout.write(words)

const ended = await server.stop()
if (!ended.gracefully) {
  count.failed += 1
  console.error(`The server did not end as asked: ${ended.how}`)
}
console.log(`\n${count.passed} passed, ${count.failed} failed`)
process.exitCode = count.failed === 0 && count.passed > 0 ? 0 : 1

function isStory(event) {
  const suite = event.details?.type === 'suite'
  const file = event.nesting === 0 && files.includes(event.name)
  return !suite && !file && event.skip === undefined
}
