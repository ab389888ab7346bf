/**
 * GETs as a native client sees them, as kubectl and clients of Go are: curl on one kept HTTP/1.1 connection, the body
 * thrown away. Large answers are timed by it, since a client in JavaScript spends half as long again on 1.4 MB behind
 * TLS as the server does (2026-11: 2.0–2.6 ms by undici, 1.6 by curl).
 */
import { execFile } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Latency } from './load.ts'
import { latencyOf } from './load.ts'
import type { Server } from './server.ts'
import { temporaryFolder } from './server.ts'

export interface Get {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

export interface Gets extends Latency {
  /** Bytes of an answer's body. */
  readonly bytes: number
}

/** Asks `uncounted` times before `count` times that are measured, each to its last byte. */
export async function timeGets(server: Server, get: Get, count: number, uncounted: number): Promise<Gets> {
  const folder = temporaryFolder()
  try {
    const authority = join(folder, 'ca.crt')
    writeFileSync(authority, server.authority)
    const rows = (await curl(server, get, authority, uncounted + count)).slice(uncounted)
    return { ...latencyOf(rows.map(([seconds = 0]) => seconds * 1000)), bytes: rows.at(-1)?.[1] ?? 0 }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Seconds and bytes of each. */
async function curl(server: Server, { path, headers }: Get, authority: string, count: number): Promise<number[][]> {
  // People are answered indented, and curl is one of them.
  const sent = { authorization: `Bearer ${server.token}`, 'user-agent': 'kubectl', ...headers }
  const { stdout } = await promisify(execFile)('curl', [
    ...['--silent', '--show-error', '--fail', '--http1.1', '--cacert', authority],
    ...['--write-out', '%{time_total} %{size_download}\\n'],
    ...Object.entries(sent).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
    ...Array.from({ length: count }, () => ['--output', '/dev/null', `${server.address}${path}`]).flat(),
  ])
  return stdout.trimEnd().split('\n').map((row) => row.split(' ').map(Number))
}
