// tidy.mjs BUILD_DIR: clang-tidy over every source of the project, a process per core.
//
// A file that passed is not looked at again until something it rests on changes: its own text, that
// of our headers it reaches, its compile command, the rules, clang-tidy itself. The stamps lie in
// BUILD_DIR/tidy, named by a hash of all that, so that they can be trusted or thrown away.

import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'

const buildDir = resolve(process.argv[2] ?? 'build/lint')
const root = resolve(import.meta.dirname, '..')
const stampDir = join(buildDir, 'tidy')
mkdirSync(stampDir, { recursive: true })

const texts = new Map()
const textOf = (file) => {
  if (!texts.has(file)) texts.set(file, readFileSync(file, 'utf8'))
  return texts.get(file)
}

// All files of ours that `file` includes, itself first. Foreign headers change with the system.
const reach = (file, seen = new Set([file])) => {
  for (const [, path] of textOf(file).matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)) {
    const found = [join(root, 'src', path), join(dirname(file), path)].find((at) => existsSync(at))
    if (found && !seen.has(found)) reach(found, seen.add(found))
  }
  return seen
}

const version = execFileSync('clang-tidy', ['--version'], { encoding: 'utf8' })
const rules = textOf(join(root, '.clang-tidy'))
// A test may be long, and need not be fast.
const waived = (file) =>
  file.endsWith('_test.cpp')
    ? ['--checks=-performance-*,-readability-function-size,-readability-function-cognitive-complexity']
    : []
// Folders whose findings have not all been mended yet; take one out to have it checked.
const unchecked = [
  ...['bench', 'tests', 'src/cli', 'src/frame', 'src/http', 'src/ingest', 'src/ml', 'src/model'],
  ...['src/quality', 'src/query', 'src/sample', 'src/service', 'src/sql', 'src/stats'],
  'src/warehouse',
]

const stampOf = ({ file, command }) => {
  const hash = createHash('sha256').update(version).update(rules).update(command)
  hash.update(waived(file).join())
  for (const part of reach(file)) hash.update(part).update(textOf(part))
  return join(stampDir, hash.digest('hex'))
}

const isOurs = ({ file }) =>
  !relative(root, file).startsWith('..') &&
  !file.startsWith(join(root, 'build')) &&
  !unchecked.some((folder) => file.startsWith(join(root, folder) + '/'))
const compiled = JSON.parse(readFileSync(join(buildDir, 'compile_commands.json'), 'utf8'))
const sources = new Map(compiled.filter(isOurs).map((entry) => [entry.file, entry]))
const todo = [...sources.values()]
  .map((entry) => ({ file: entry.file, stamp: stampOf(entry) }))
  .filter(({ stamp }) => !existsSync(stamp))
console.log(`${todo.length} of ${sources.size} sources have changed since they passed`)

const numTodo = todo.length
let numDone = 0
let numFailed = 0

const tell = (file, output) => {
  const place = `[${numDone}/${numTodo}] ${relative(root, file)}`
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${place}`)
  else console.log(place)
  if (output) console.log(`\n${output}`)
}

const check = ({ file, stamp }) =>
  new Promise((done) => {
    const tidy = spawn('clang-tidy', ['-p', buildDir, '--quiet', ...waived(file), file])
    let findings = ''
    let noise = '' // "1234 warnings generated": worth showing only when clang-tidy itself fails.
    tidy.stdout.on('data', (text) => (findings += text))
    tidy.stderr.on('data', (text) => (noise += text))
    tidy.on('close', (code) => {
      ++numDone
      if (code === 0) writeFileSync(stamp, `${relative(root, file)}\n`)
      else ++numFailed
      tell(file, code === 0 ? '' : findings || noise)
      done()
    })
  })

const worker = async () => {
  for (let next = todo.shift(); next; next = todo.shift()) await check(next)
}
await Promise.all(Array.from({ length: availableParallelism() }, worker))
if (process.stdout.isTTY && numTodo > 0) console.log()
if (numFailed > 0) console.log(`${numFailed} of ${numTodo} sources have findings`)
process.exit(numFailed > 0 ? 1 : 0)
