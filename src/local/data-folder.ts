/**
 * The folder that holds everything of one local server (`--data`): what lies where, whether this program may use it,
 * and who is using it now. One server at a time: the lock names the process, and a lock whose process is gone is
 * taken over.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { writeSecret } from './credentials/credentials.ts'
import { isSameProcess, markOf } from './pid-mark.ts'
import { OperatorError, systemCode } from './operator-error.ts'

/** Raised when the layout of the folder changes so that older programs would misread it. */
const FORMAT = 1

export interface DataFolder {
  readonly path: string
  readonly credentials: string
  readonly kubeconfig: string
  /** Durable Objects of the control plane, and of the pods' Worker. */
  readonly objects: string
  readonly pods: string
  /** workerd's configurations; written at every start. */
  readonly run: string
}

/** What the running server says about itself, for `status` and `down`. */
export interface Running {
  readonly pid: number
  /** Tells this process from a later one with the same pid. */
  readonly mark: string
  readonly startedAt: string
  readonly address: string
  readonly httpPort: number
  readonly kubeconfig: string
  readonly server: string
  /** workerd's processes, which outlive a host that was killed. */
  readonly children: readonly number[]
}

interface Version {
  readonly format: number
  readonly migrations: readonly string[]
}

export function dataFolderAt(path: string): DataFolder {
  const root = resolve(path)
  const below = (name: string): string => join(root, name)
  return {
    path: root,
    credentials: below('credentials'),
    kubeconfig: below('kubeconfig'),
    objects: below('objects'),
    pods: below('pods'),
    run: below('run'),
  }
}

/** Makes the folder usable by this program; throws an OperatorError when it cannot be. */
export function prepareDataFolder(folder: DataFolder, migrations: readonly string[]): void {
  try {
    mkdirSync(folder.path, { recursive: true, mode: 0o700 })
    const known = readVersion(folder)
    if (known !== undefined) refuseNewer(folder, known, migrations)
    for (const path of [folder.objects, folder.pods, folder.run]) mkdirSync(path, { recursive: true, mode: 0o700 })
    writeSecret(versionPath(folder), `${JSON.stringify({ format: FORMAT, migrations } satisfies Version)}\n`)
  } catch (error) {
    const code = systemCode(error)
    if (code === '') throw error
    throw new OperatorError(`cannot use the data folder ${folder.path} (${code}); choose another: --data DIR`, {
      cause: error,
    })
  }
}

const versionPath = (folder: DataFolder): string => join(folder.path, 'version.json')

function readVersion(folder: DataFolder): Version | undefined {
  if (!existsSync(versionPath(folder))) return undefined
  const value = parsed(readFileSync(versionPath(folder), 'utf8'))
  if (typeof value === 'object' && value !== null && 'format' in value && typeof value.format === 'number') {
    const migrations = 'migrations' in value && Array.isArray(value.migrations) ? value.migrations.map(String) : []
    return { format: value.format, migrations }
  }
  throw new OperatorError(`${versionPath(folder)} is damaged; restore it, or begin anew with another --data DIR`)
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function refuseNewer(folder: DataFolder, known: Version, migrations: readonly string[]): void {
  const unknown = known.migrations.find((name) => !migrations.includes(name))
  if (known.format <= FORMAT && unknown === undefined) return
  const what = unknown === undefined ? `format ${String(known.format)}` : `migration ${unknown}`
  throw new OperatorError(
    `${folder.path} was written by a newer version (${what}); update workernetes, or choose another: --data DIR`,
  )
}

const lockPath = (folder: DataFolder): string => join(folder.path, 'lock.json')

/** The server that uses the folder now; undefined when there is none, also after one that was killed. */
export function runningIn(folder: DataFolder): Running | undefined {
  const lock = readLock(folder)
  return lock !== undefined && isSameProcess(lock) ? lock : undefined
}

/** What the last server wrote, whether or not it still runs. */
export function readLock(folder: DataFolder): Running | undefined {
  try {
    // Written whole by us (writeSecret and `wx`), so it parses unless somebody edited it.
    return JSON.parse(readFileSync(lockPath(folder), 'utf8')) as Running
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR' || error instanceof SyntaxError)
      return undefined
    throw error
  }
}

/** Takes the folder for this process; throws an OperatorError that names who has it. */
export function lockDataFolder(folder: DataFolder, about: Omit<Running, 'pid' | 'mark' | 'startedAt'>): void {
  const mine: Running = {
    ...about,
    pid: process.pid,
    mark: markOf(process.pid),
    startedAt: new Date().toISOString(),
  }
  for (;;) {
    try {
      writeFileSync(lockPath(folder), JSON.stringify(mine), { flag: 'wx', mode: 0o600 })
      return
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error
    }
    const holder = runningIn(folder)
    if (holder !== undefined) {
      const who = `${folder.path} is in use by process ${String(holder.pid)} (${holder.address})`
      throw new OperatorError(`${who}; stop it with "down", or choose another: --data DIR`)
    }
    unlinkSync(lockPath(folder))
  }
}

/** Completes what the lock says, once more is known. */
export function updateLock(folder: DataFolder, changes: Partial<Running>): void {
  const lock = readLock(folder)
  if (lock?.pid !== process.pid) throw new Error('the lock is not ours')
  writeSecret(lockPath(folder), JSON.stringify({ ...lock, ...changes }))
}

export function unlockDataFolder(folder: DataFolder): void {
  if (readLock(folder)?.pid === process.pid) unlinkSync(lockPath(folder))
}

/** Deletes the cluster; the credentials stay, so that kubeconfigs go on working, unless `isWhole`. */
export function clearDataFolder(folder: DataFolder, isWhole: boolean): string[] {
  const paths = isWhole
    ? readdirSync(folder.path).map((name) => join(folder.path, name))
    : [folder.objects, folder.pods, folder.run, versionPath(folder), lockPath(folder)]
  const present = paths.filter((path) => existsSync(path))
  for (const path of present) rmSync(path, { recursive: true, force: true })
  return present
}
