#!/usr/bin/env node
/**
 * The first step of every command: installs what is missing, generates what is stale, then goes on in the Node.js that
 * this project pins. Plain JavaScript for Node.js 20, because it runs before anything is installed; so it imports
 * nothing but Node.js itself.
 *
 *   bootstrap.mjs up|down|status|reset …     the `workernetes` command (src/cli/main.ts)
 *   bootstrap.mjs run check|test|…           the development commands (src/cli/development.ts)
 */
import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import v8 from 'node:v8'

const CLI = dirname(fileURLToPath(import.meta.url))
const ROOT = join(CLI, '../..')
const NODE = join(ROOT, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node')

const CODE_CACHE = join(ROOT, 'node_modules/.cache/node')

/** From this version on Node.js runs our TypeScript as it stands, so no second process is needed. */
const NODE_MAJOR = 24

/** How often a silent step says that it is still at work. */
const PROGRESS_MS = 10_000

/** The `workernetes` command as one file, and what it was made of. */
const HOST = join(ROOT, 'node_modules/.cache/workernetes-host/main.js')
const HOST_INPUTS = `${HOST}.inputs.json`

/** Commands that answer at once and need nothing generated. */
const LIGHT = new Set(['down', 'status', 'reset', '--help', '-h', '--version', undefined])

/** Runs to the end, with our terminal; true when it left with 0. Its output goes to stderr: stdout is the command's. */
function run(title, command, args) {
  process.stderr.write(`${title} …\n`)
  const started = Date.now()
  const ticks = setInterval(() => {
    process.stderr.write(`  still at it, ${Math.round((Date.now() - started) / 1000)} s\n`)
  }, PROGRESS_MS)
  const isScript = process.platform === 'win32' && command === 'npm'
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2], shell: isScript })
    const end = (code) => {
      clearInterval(ticks)
      resolve(code === 0)
    }
    child.on('error', (error) => {
      process.stderr.write(`${error.message}\n`)
      end(1)
    })
    child.on('close', end)
  })
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    // Absent or half-written by an interrupted install: both mean "install again".
    return undefined
  }
}

/** npm notes what it has installed; equal notes mean that nothing is to be done. */
function isInstalled() {
  const wanted = readJson(join(ROOT, 'package-lock.json'))?.packages ?? {}
  const present = readJson(join(ROOT, 'node_modules/.package-lock.json'))?.packages
  if (present === undefined) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    return path in present ? present[path].version === entry.version : entry.optional === true
  })
}

async function install() {
  if (isInstalled()) return true
  // Inside an npm script the npm that runs us is known; it may not be the one on the PATH.
  const npm = process.env.npm_execpath
  // Not `npm ci`: it refuses a lock file that lacks optional packages for machines other than the one that wrote it, and
  // registries that mirror a part only never have them all. Versions and hashes of the lock file hold here too.
  const args = ['install', '--no-save', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const title = 'Installing dependencies (once; under a minute on a good line)'
  return npm?.endsWith('.js') ? run(title, process.execPath, [npm, ...args]) : run(title, 'npm', args)
}

function newestMs(paths) {
  return Math.max(...paths.map((path) => (existsSync(path) ? statSync(path).mtimeMs : 0)))
}

function filesIn(folder) {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
}

/** Generated files are older than what they are made of, or not there. */
/** Folders that the generator writes. */
const GENERATED = ['src/apis/generated', 'src/dashboard/assets/generated']

function isStale() {
  const outputs = GENERATED.map((folder) => filesIn(join(ROOT, folder)))
  if (outputs.some((files) => files.length === 0)) return true
  const oldest = Math.min(...outputs.flat().map((path) => statSync(path).mtimeMs))
  const inputs = [...filesIn(join(CLI, 'generate')), ...filesIn(join(ROOT, 'src/apis/facts'))]
  return newestMs([...inputs, join(ROOT, 'package-lock.json')]) > oldest
}

/** The pinned Node.js, or this one when it is as new (the pinned one may be absent where install scripts are off). */
function nodeToUse() {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return process.execPath
  if (existsSync(NODE)) return NODE
  return undefined
}

/** Goes on in another Node.js: signals are passed down, its end is ours. */
function continueIn(node, args) {
  const child = spawn(node, args, { stdio: 'inherit', env: { ...process.env, NODE_COMPILE_CACHE: CODE_CACHE } })
  // A terminal's Ctrl-C reaches the child by itself; we only must not leave before it.
  process.on('SIGINT', () => undefined)
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 1
  })
}

/** Changes when the file does; undefined when it is gone. */
function markOf(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat === undefined ? undefined : `${stat.mtimeMs} ${stat.size}`
}

/** Takes a third of the host's memory away, against its hundreds of files loaded one by one (measured 2026-11). */
async function bundledHost() {
  const made = existsSync(HOST) ? readJson(HOST_INPUTS) : undefined
  if (made !== undefined && Object.entries(made).every(([path, mark]) => markOf(join(ROOT, path)) === mark)) return HOST
  const esbuild = await import('esbuild')
  const { metafile, outputFiles } = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: [join(CLI, 'main.ts')],
    outfile: HOST,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: `node${NODE_MAJOR}`,
    // Loaded when they are needed, which is seldom; or finding files of their own beside themselves.
    external: ['@peculiar/x509', 'esbuild', 'miniflare', 'reflect-metadata', 'workerd'],
    // All files that ask for theirs are two folders below the root.
    define: { 'import.meta.dirname': JSON.stringify(join(ROOT, 'src/local')) },
    logLevel: 'error',
  })
  // The bundler's own process would stay as long as ours.
  await esbuild.stop()
  mkdirSync(dirname(HOST), { recursive: true })
  writeWhole(HOST, outputFiles[0].text)
  const marks = Object.keys(metafile.inputs).map((path) => [path, markOf(join(ROOT, path))])
  writeWhole(HOST_INPUTS, JSON.stringify(Object.fromEntries(marks)))
  return HOST
}

/** Two commands may start at the same time. */
function writeWhole(path, text) {
  const temporary = `${path}.${process.pid}`
  writeFileSync(temporary, text)
  renameSync(temporary, path)
}

async function main(args) {
  if (!(await install())) {
    process.stderr.write('Dependencies could not be installed; the lines above say why. Then run the command again.\n')
    return 1
  }
  const node = nodeToUse()
  if (node === undefined) {
    process.stderr.write(
      `Node.js ${NODE_MAJOR} is not there: install scripts are switched off here. Run "npm rebuild node", or use Node.js ${NODE_MAJOR}.\n`,
    )
    return 1
  }
  if (!LIGHT.has(args[0]) && isStale()) {
    if (!(await run('Generating types of the Kubernetes API', node, [join(CLI, 'generate/generate.ts')]))) return 1
  }
  const isDevelopment = args[0] === 'run'
  const script = isDevelopment ? join(CLI, 'development.ts') : await bundledHost()
  const rest = isDevelopment ? args.slice(1) : args
  if (node !== process.execPath) {
    continueIn(node, [script, ...rest])
    return 0
  }
  process.argv = [process.execPath, script, ...rest]
  // A host that mostly waits needs little room for young objects, and code that is small rather than fast.
  v8.setFlagsFromString('--max-semi-space-size=1')
  v8.setFlagsFromString('--optimize-for-size')
  // Keeps it compiled, and our TypeScript stripped: that alone takes time and 30 MB.
  module.enableCompileCache?.(CODE_CACHE)
  await import(pathToFileURL(script).href)
  return 0
}

const code = await main(process.argv.slice(2))
if (code !== 0) process.exitCode = code
