// tidy.mjs BUILD_DIR: clang-tidy over every source of the project, on all cores.
//
// Most of its time goes into the headers of others, so sources are looked at together: a unit
// includes as many of them as can stand in one translation unit.
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

const kMaxPerUnit = 32 // Enough to pay for the headers once, few enough to keep all cores busy.

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

// A test may be long, and need not be fast; nor need a benchmark be, around what it measures.
const isTest = (file) => file.endsWith('_test.cpp') || /^(tests|bench)\//.test(relative(root, file))
const waivedInTests =
  'performance-*,readability-function-size,readability-function-cognitive-complexity'
const waived = (file) =>
  ['bugprone-suspicious-include', ...(isTest(file) ? waivedInTests.split(',') : [])]
    .map((check) => `-${check}`)
    .join()

const stampOf = ({ file, command }) => {
  const hash = createHash('sha256').update(version).update(rules).update(command)
  hash.update(waived(file))
  for (const part of reach(file)) hash.update(part).update(textOf(part))
  return join(stampDir, hash.digest('hex'))
}

// What the compiler is told of a source, but for names and warnings.
const flagsOf = (command) =>
  command
    .slice(command.indexOf(' -'), command.indexOf(' -o '))
    .replaceAll('\\"', '"')
    .split(/\s+/)
    .filter((flag) => flag && !flag.startsWith('-W'))

const isOurs = ({ file }) =>
  !relative(root, file).startsWith('..') && !file.startsWith(join(root, 'build'))
const compiled = JSON.parse(readFileSync(join(buildDir, 'compile_commands.json'), 'utf8'))
const sources = [...new Map(compiled.filter(isOurs).map((entry) => [entry.file, entry])).values()]
const todo = sources
  .map((entry) => ({ file: entry.file, flags: flagsOf(entry.command), stamp: stampOf(entry) }))
  .filter(({ stamp }) => !existsSync(stamp))
console.log(`${todo.length} of ${sources.length} sources have changed since they passed`)

// What a source declares at the level of its namespaces, as its lines tell that are not indented: a
// guess, which clashing() corrects.
const namesOf = (file) => {
  const declared =
    /^(?:TEST(?:_[FP])?\((\w+, *\w+)\)|(?:struct|class|enum class|concept|using(?= +\w+ *=)) +(\w+)|(?!namespace|using|BENCHMARK)[A-Za-z[][^\n(={;]*?(\w+)(?:\[\])? *[(={;])/gm
  const matches = textOf(file)
    .replaceAll(/^(?:\/\/|#).*$/gm, '')
    .matchAll(declared)
  return [...matches].map(([, test, type, other]) => `${dirname(file)} ${test ?? type ?? other}`)
}

// Units of at most kMaxPerUnit sources that share the rules and no name, neighbours together. Their
// flags differ only in definitions that the others do not mind.
const batches = () => {
  const units = []
  for (const source of todo) {
    const names = namesOf(source.file)
    const fits = (unit) =>
      unit.sources.length < kMaxPerUnit &&
      unit.waived === waived(source.file) &&
      !names.some((name) => unit.names.has(name))
    let unit = units.find(fits)
    if (!unit) units.push((unit = { sources: [], waived: waived(source.file), names: new Set() }))
    unit.sources.push(source)
    for (const name of names) unit.names.add(name)
  }
  const bySize = units.map(({ sources }) => sources).sort((a, b) => b.length - a.length)
  return bySize // The longest first, so that no core waits for another at the end.
}

const run = (program, args) =>
  new Promise((done) => {
    const child = spawn(program, args)
    let out = ''
    let err = '' // "1234 warnings generated": worth showing only when clang-tidy itself fails.
    child.stdout.on('data', (text) => (out += text))
    child.stderr.on('data', (text) => (err += text))
    child.on('close', (code) => done({ code, out, err }))
  })

let numUnits = 0
const flagsOfAll = (batch) => [...new Set(batch.flatMap(({ flags }) => flags))]
const unitOf = (batch) => {
  const path = join(stampDir, `unit_${++numUnits}.cpp`)
  writeFileSync(path, batch.map(({ file }) => `#include "${file}"\n`).join(''))
  return path
}

// The sources of a batch that cannot stand behind the others, because of a name that both use. Each
// error is told of the include, thus of the line of the unit, that was looked at last.
const clashing = async (batch) => {
  if (batch.length === 1) return []
  const flags = [...flagsOfAll(batch), '-fsyntax-only', '-ferror-limit=0', '-w']
  const { code, err } = await run('clang++-14', [...flags, unitOf(batch)])
  if (code === 0) return []
  const clash = new Set()
  let source = batch[0]
  for (const line of err.split('\n')) {
    const within = /unit_\d+\.cpp:(\d+):/.exec(line)
    if (within) source = batch[within[1] - 1]
    else if (line.includes(' error: ')) clash.add(source)
  }
  return clash.size < batch.length ? [...clash] : batch.slice(1)
}

let numDone = 0
let numFailed = 0

const tell = (batch, findings) => {
  const place = `[${numDone}/${todo.length}] ${batch.map(({ file }) => relative(root, file)).join(' ')}`
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${place.slice(0, 78)}`)
  else console.log(place)
  if (findings) console.log(`\n${findings}`)
}

// Looks at a batch as one unit, or returns those that must leave it first.
const check = async (batch) => {
  const about = [`--checks=${waived(batch[0].file)}`, `--header-filter=^${root}/(src|tests|bench)/`]
  const args = ['--quiet', ...about, unitOf(batch), '--', ...flagsOfAll(batch)]
  const { code, out, err } = await run('clang-tidy', args)
  const apart = out.includes('[clang-diagnostic-error]') ? await clashing(batch) : []
  if (apart.length > 0) return apart
  numDone += batch.length
  if (code === 0) for (const { file, stamp } of batch) writeFileSync(stamp, relative(root, file))
  else ++numFailed
  tell(batch, code === 0 ? '' : out || err)
  return []
}

const waiting = batches()
const worker = async () => {
  for (let batch = waiting.shift(); batch; batch = waiting.shift()) {
    const apart = await check(batch)
    if (apart.length > 0) {
      waiting.push(
        apart,
        batch.filter((source) => !apart.includes(source)),
      )
    }
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, worker))
if (process.stdout.isTTY && todo.length > 0) console.log()
if (numFailed > 0) console.log(`${numFailed} of ${numUnits} units have findings`)
process.exit(numFailed > 0 ? 1 : 0)
