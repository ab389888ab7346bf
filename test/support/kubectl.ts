/**
 * Every kubectl on this machine, oldest first, so that end-to-end tests prove the API with each. Looks on the PATH,
 * in the folder of the Google Cloud SDK (which ships many versions) and where .ci/run unpacks Debian's.
 */
import { execFile } from 'node:child_process'
import { accessSync, constants, readdirSync, realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

export interface Kubectl {
  /** `1.20.5` */
  readonly version: string
  readonly path: string
}

const FOLDERS = ['/usr/lib/google-cloud-sdk/bin', join(import.meta.dirname, '../.cache/kubernetes-client/usr/bin')]
const NAME = /^kubectl(\.\d+\.\d+)?$/

const ask = promisify(execFile)

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Undefined for what is called kubectl and is not, or cannot run here. */
async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await ask(path, ['version', '--client', '-o', 'json'], { timeout: 20_000 })
    return /"gitVersion": "v([\d.]+)/.exec(stdout)?.[1]
  } catch {
    return undefined
  }
}

function minorOf(version: string): number {
  return Number(version.split('.')[1] ?? '0')
}

/** One of each minor version; an empty list where there is none. @public */
export async function kubectls(): Promise<readonly Kubectl[]> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...FOLDERS]
  const paths = new Set<string>()
  for (const folder of folders) {
    for (const name of entriesOf(folder)) {
      if (NAME.test(name) && isRunnable(join(folder, name))) paths.add(realpathSync(join(folder, name)))
    }
  }
  const found = new Map<number, Kubectl>()
  const versions = await Promise.all([...paths].map(async (path) => ({ path, version: await versionOf(path) })))
  for (const { path, version } of versions) {
    if (version !== undefined && !found.has(minorOf(version))) found.set(minorOf(version), { path, version })
  }
  return [...found.values()].sort((a, b) => minorOf(a.version) - minorOf(b.version))
}
