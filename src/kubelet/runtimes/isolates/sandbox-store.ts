/**
 * What an isolate pod's kubelet keeps in SQLite: the pod and its life, the program of each container's attempt, which
 * code was being run by which process, and the logs. One pod per database.
 */
import { parseJson } from '../../../lib/exact-json.ts'
import type { V1Pod } from '../../../apis/generated/types.ts'
import type { LazySql } from '../../../store/migrate.ts'
import { madeAtFirstWrite } from '../../../store/migrate.ts'
import type { Sql } from '../../../store/sql.ts'
import type { PodLife } from '../../lifecycle/pod-life.ts'
import type { PodMemory } from '../../pod-kubelet.ts'
import type { FileBody } from './configuration.ts'
import type { Program } from './program.ts'

const SCHEMA = [
  'CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID',
  `CREATE TABLE IF NOT EXISTS programs (container TEXT PRIMARY KEY, attempt INTEGER NOT NULL, mode TEXT NOT NULL,
     entry TEXT NOT NULL, args TEXT NOT NULL, env TEXT NOT NULL, started_ms INTEGER NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS modules (container TEXT NOT NULL, path TEXT NOT NULL, body NOT NULL,
     PRIMARY KEY (container, path)) WITHOUT ROWID`,
  'CREATE TABLE IF NOT EXISTS busy (container TEXT PRIMARY KEY, process TEXT NOT NULL) WITHOUT ROWID',
  `CREATE TABLE IF NOT EXISTS logs (id INTEGER PRIMARY KEY, container TEXT NOT NULL, attempt INTEGER NOT NULL,
     size_bytes INTEGER NOT NULL, lines TEXT NOT NULL)`,
]

export type Mode = 'starting' | 'serve' | 'run' | 'ended'

export interface KeptProgram {
  readonly container: string
  readonly attempt: number
  readonly mode: Mode
  readonly startedMs: number
}

type ProgramRow = {
  container: string
  attempt: number
  mode: string
  entry: string
  args: string
  env: string
  started_ms: number
}

export class SandboxStore implements PodMemory {
  readonly sql: LazySql

  constructor(sql: Sql) {
    this.sql = madeAtFirstWrite(sql, (database) => {
      for (const statement of SCHEMA) database.run(statement)
    })
  }

  load(): { readonly pod: V1Pod; readonly life: PodLife } | undefined {
    const rows = this.sql.all<{ key: string; value: string }>('SELECT key, value FROM kept')
    const pod = rows.find(({ key }) => key === 'pod')
    const life = rows.find(({ key }) => key === 'life')
    if (pod === undefined || life === undefined) return undefined
    return { pod: parseJson(pod.value) as V1Pod, life: JSON.parse(life.value) as PodLife }
  }

  save(pod: V1Pod, life: PodLife): void {
    for (const [key, value] of [
      ['pod', pod],
      ['life', life],
    ] as const) {
      this.sql.run(
        `INSERT INTO kept (key, value) VALUES (?, ?)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value`,
        key,
        JSON.stringify(value),
      )
    }
  }

  clear(): void {
    for (const table of ['kept', 'programs', 'modules', 'busy', 'logs']) this.sql.run(`DELETE FROM ${table}`)
  }

  /** Replaces the container's former program. */
  keepProgram(container: string, attempt: number, { entry, args, env, modules }: Program, nowMs: number): void {
    this.sql.transaction(() => {
      this.sql.run('DELETE FROM modules WHERE container = ?', container)
      this.sql.run(
        `INSERT OR REPLACE INTO programs (container, attempt, mode, entry, args, env, started_ms)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
        container,
        attempt,
        'starting',
        entry,
        JSON.stringify(args),
        JSON.stringify(env),
        nowMs,
      )
      for (const [path, body] of modules) {
        const value = typeof body === 'string' ? body : body.slice().buffer
        this.sql.run('INSERT INTO modules (container, path, body) VALUES (?, ?, ?)', container, path, value)
      }
    })
  }

  program(container: string): Program | undefined {
    const [row] = this.sql.all<ProgramRow>('SELECT * FROM programs WHERE container = ?', container)
    if (row === undefined) return undefined
    const rows = this.sql.all<{ path: string; body: string | ArrayBuffer }>(
      'SELECT path, body FROM modules WHERE container = ?',
      container,
    )
    const modules = new Map<string, FileBody>(
      rows.map(({ path, body }) => [path, typeof body === 'string' ? body : new Uint8Array(body)]),
    )
    const env = JSON.parse(row.env) as Record<string, string>
    return { entry: row.entry, args: JSON.parse(row.args) as string[], env, modules }
  }

  programs(): KeptProgram[] {
    return this.sql
      .all<ProgramRow>('SELECT * FROM programs ORDER BY container')
      .map(({ container, attempt, mode, started_ms: startedMs }) => ({
        container,
        attempt,
        mode: mode as Mode,
        startedMs,
      }))
  }

  setMode(container: string, mode: Mode): void {
    this.sql.run('UPDATE programs SET mode = ? WHERE container = ?', mode, container)
  }

  /** The container's code is being run by this process, or by none (undefined). */
  setBusy(container: string, process: string | undefined): void {
    if (process === undefined) this.sql.run('DELETE FROM busy WHERE container = ?', container)
    else this.sql.run('INSERT OR REPLACE INTO busy (container, process) VALUES (?, ?)', container, process)
  }

  busy(): readonly { readonly container: string; readonly process: string }[] {
    return this.sql.all<{ container: string; process: string }>('SELECT container, process FROM busy')
  }
}
