/**
 * The kubectls of this machine, so that end-to-end tests prove the API with each. Looks on the PATH, beside what is
 * found there (the Google Cloud SDK ships one file a version) and where .ci/run unpacks Debian's.
 */
import { execFile } from 'node:child_process'
import { accessSync, constants, readdirSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'

export interface Kubectl {
  /** `1.20.5` */
  readonly version: string
  /** `20` */
  readonly minor: number
  readonly path: string
}

const DEBIAN = join(import.meta.dirname, '../../.cache/kubernetes-client/usr/bin')
const NAME = /^kubectl(\.\d+\.\d+)?$/

/** Not one with a word behind its numbers: such a one only chooses among others by the server's version. */
const VERSION = /"gitVersion": "v((?:\d+\.)+\d+)(?:\+[^"]*)?"/

const ask = promisify(execFile)

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function kubectlsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => NAME.test(name) && isRunnable(join(folder, name)))
      .map((name) => realpathSync(join(folder, name)))
  } catch {
    return []
  }
}

/** Undefined for what is called kubectl and is not, or cannot run here. */
async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await ask(path, ['version', '--client', '-o', 'json'], { timeout: 20_000 })
    return VERSION.exec(stdout)?.[1]
  } catch {
    return undefined
  }
}

/** One of each minor version, oldest first; an empty list where there is none. */
export async function kubectls(): Promise<readonly Kubectl[]> {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).flatMap(kubectlsIn)
  const paths = new Set([...onPath, ...onPath.map(dirname).flatMap(kubectlsIn), ...kubectlsIn(DEBIAN)])
  const versions = await Promise.all([...paths].map(async (path) => ({ path, version: await versionOf(path) })))
  const found = new Map<number, Kubectl>()
  for (const { path, version } of versions) {
    if (version === undefined) continue
    const minor = Number(version.split('.')[1])
    if (!found.has(minor)) found.set(minor, { path, version, minor })
  }
  return [...found.values()].sort((a, b) => a.minor - b.minor)
}
