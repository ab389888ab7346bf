/**
 * The Workers as JavaScript: bundles an entry of src/ into one start-up module and lazy chunks. Bundles are kept
 * under a key made of the content of everything that goes in, so that a warm start reads files and runs no bundler,
 * and a stale bundle cannot be used. The edge's bundle is made by wrangler from the same entries.
 */
import type { BuildOptions } from 'esbuild'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OperatorError } from './operator-error.ts'

export interface Bundle {
  /** Absolute. */
  readonly folder: string
  /** File names in `folder`; the first is the start-up module, the others are loaded when needed. */
  readonly modules: readonly string[]
}

export const ROOT = join(import.meta.dirname, '../..')

/** So that switching branches stays warm, and none is deleted that another process is about to read. */
const KEPT_BUNDLES = 16

/** Not part of any Worker: changing them must not rebuild. */
const OUTSIDE = new Set(['cli', 'local', 'agent', 'testing', 'dashboard'].map((name) => join(ROOT, 'src', name)))

const OPTIONS = {
  bundle: true,
  format: 'esm',
  target: 'es2024',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  conditions: ['workerd', 'worker', 'browser', 'import'],
  external: ['cloudflare:*', 'node:*'],
  loader: { '.sql': 'text' },
  splitting: true,
  minifySyntax: true,
  legalComments: 'none',
  chunkNames: 'chunk-[hash]',
  logLevel: 'silent',
} satisfies BuildOptions

/** The bundles of entries (paths like `src/worker.ts`), made now or found; `onBuild` is told what takes its time. */
export async function bundlesOf(entries: readonly string[], onBuild: (entry: string) => void): Promise<Bundle[]> {
  const cacheFolder = defaultCacheFolder()
  const hash = sourceHash(entries)
  const bundles: Bundle[] = []
  let hasBuilt = false
  for (const entry of entries) {
    const folder = join(cacheFolder, `${entry.replaceAll(/[^a-z]+/g, '-')}-${hash}`)
    if (!existsSync(folder)) {
      onBuild(entry)
      await build(entry, folder)
      hasBuilt = true
    }
    const others = readdirSync(folder).filter((name) => name !== 'main.js')
    bundles.push({ folder, modules: ['main.js', ...others.sort()] })
  }
  if (hasBuilt) {
    prune(cacheFolder, new Set(bundles.map(({ folder }) => folder)))
    // The bundler's own process would stay as long as ours.
    await (await import('esbuild')).stop()
  }
  return bundles
}

function defaultCacheFolder(): string {
  const modules = join(ROOT, 'node_modules')
  return join(existsSync(modules) ? modules : tmpdir(), '.cache/workernetes')
}

async function build(entry: string, folder: string): Promise<void> {
  // Loaded here: a warm start must not pay for the bundler.
  const esbuild = await import('esbuild')
  try {
    const entryPoints = { main: join(ROOT, entry) }
    const temporary = `${folder}.${String(process.pid)}`
    await esbuild.build({ ...OPTIONS, entryPoints, outdir: temporary, absWorkingDir: ROOT })
    publish(temporary, folder)
  } catch (error) {
    if (!isBuildFailure(error)) throw error
    const [first] = error.errors
    const at = first?.location ? `${first.location.file}:${String(first.location.line)}: ` : ''
    throw new OperatorError(`${entry} does not bundle: ${at}${first?.text ?? error.message}`, { cause: error })
  }
}

/** Whole or not at all; who comes second finds the same content and leaves it. */
function publish(temporary: string, folder: string): void {
  try {
    renameSync(temporary, folder)
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
}

interface Failure extends Error {
  readonly errors: readonly { text: string; location: { file: string; line: number } | null }[]
}

function isBuildFailure(error: unknown): error is Failure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
}

function sourceHash(entries: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(OPTIONS))
  const visit = (path: string): void => {
    if (OUTSIDE.has(path)) return
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) visit(join(path, name))
      return
    }
    hash.update(`\0${path}\0`).update(readFileSync(path))
  }
  for (const path of ['src', 'migrations', 'package-lock.json', ...entries]) {
    if (existsSync(join(ROOT, path))) visit(join(ROOT, path))
  }
  return hash.digest('hex').slice(0, 24)
}

/** Never what was just asked for, however long ago it was built. */
function prune(cacheFolder: string, inUse: ReadonlySet<string>): void {
  const byAge = readdirSync(cacheFolder)
    .map((name) => join(cacheFolder, name))
    .filter((path) => !inUse.has(path))
    .map((path) => ({ path, at: statSync(path).mtimeMs }))
    .sort((a, b) => b.at - a.at)
  for (const { path } of byAge.slice(KEPT_BUNDLES)) rmSync(path, { recursive: true, force: true })
}
