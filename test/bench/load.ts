/**
 * Closed-loop load: keep-alive connections with one request in flight on each, bounded in count. Measures each
 * request at the client, and what the server's processes spent on all of them. Loopback only: a benchmark must never
 * be aimed at somebody's cluster by mistake.
 */
import { Pool } from 'undici'
import type { Server } from './server.ts'
import { cpuMsOf } from './processes.ts'

export interface Latency {
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface Load extends Latency {
  readonly requests: number
  readonly perSecond: number
  /** CPU of all the server's processes, milliseconds a request. */
  readonly cpuMs: number
  /** Bytes of an answer's body. */
  readonly bytes: number
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly contentType?: string
  /** JSON when not said. */
  readonly accept?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Requests over a fixed number of connections; an answer that is neither a success nor a 304 is an error. */
export class Connections {
  readonly #pool: Pool
  readonly #headers: Readonly<Record<string, string>>

  constructor({ address, authority, token }: Server, count: number) {
    const { hostname } = new URL(address)
    if (hostname !== '127.0.0.1') throw new Error(`benchmarks talk to this machine only, not to ${hostname}`)
    this.#pool = new Pool(address, {
      connections: count,
      pipelining: 1,
      connect: { ca: authority },
      headersTimeout: 60_000,
      bodyTimeout: 60_000,
    })
    this.#headers = { authorization: `Bearer ${token}` }
  }

  /** The bytes of the answer's body. */
  async send(request: Request): Promise<number> {
    let bytes = 0
    for await (const chunk of await this.#answer(request)) bytes += chunk.length
    return bytes
  }

  async json<T>(request: Request): Promise<T> {
    return (await (await this.#answer(request)).json()) as T
  }

  /** The body as it comes: a watch. */
  stream(path: string): Promise<AsyncIterable<Buffer>> {
    return this.#answer({ method: 'GET', path })
  }

  /** What it is of: to be asked for again with it. */
  async etag(request: Request): Promise<string> {
    const { body, headers } = await this.#respond(request)
    await body.dump({ limit: Number.MAX_SAFE_INTEGER })
    return String(headers['etag'] ?? '')
  }

  close(): Promise<void> {
    return this.#pool.destroy()
  }

  async #answer(request: Request) {
    return (await this.#respond(request)).body
  }

  async #respond({ method, path, body, contentType = 'application/json', ...others }: Request) {
    const headers = { ...this.#headers, accept: others.accept ?? 'application/json', ...others.headers }
    const hasBody = body !== undefined
    const answer = await this.#pool.request({
      method,
      path,
      headers: hasBody ? { ...headers, 'content-type': contentType } : headers,
      ...(hasBody ? { body: JSON.stringify(body) } : {}),
    })
    if (answer.statusCode >= 300 && answer.statusCode !== 304) {
      throw new Error(`${method} ${path}: ${String(answer.statusCode)} ${await answer.body.text()}`)
    }
    return answer
  }
}

/** `requests` requests from `connections` connections; `next` says which is the n-th. */
export async function runLoad(
  server: Server,
  connections: number,
  requests: number,
  next: (n: number) => Request,
): Promise<Load> {
  const client = new Connections(server, connections)
  // Opens the connections: handshakes are not what is measured.
  await each(connections, connections, () => client.send({ method: 'GET', path: server.warmPath }))
  const latencies = new Float64Array(requests)
  let bytes = 0
  const cpuBefore = cpuMsOf(server.pids)
  const startedMs = performance.now()
  await each(connections, requests, async (n) => {
    const sentMs = performance.now()
    bytes += await client.send(next(n))
    latencies[n] = performance.now() - sentMs
  })
  const tookMs = performance.now() - startedMs
  const cpuMs = (cpuMsOf(server.pids) - cpuBefore) / requests
  await client.close()
  return { requests, perSecond: (requests / tookMs) * 1000, cpuMs, bytes: bytes / requests, ...latencyOf(latencies) }
}

/** Calls `work` for 0 … count - 1, `width` at a time. */
export async function each(width: number, count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) await work(n)
  }
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker))
}

export function latencyOf(latenciesMs: ArrayLike<number>): Latency {
  const sorted = Float64Array.from(latenciesMs).sort()
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0
  return { p50Ms: at(0.5), p99Ms: at(0.99) }
}

/** The one in the middle, by the figure that `by` takes of each. */
export function median<T>(rows: readonly T[], by: (row: T) => number): T {
  const sorted = rows.toSorted((one, other) => by(one) - by(other))
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) throw new Error('nothing was measured')
  return middle
}

/** Whole lines of a stream, each with the time at which it came. */
export async function eachLine(body: AsyncIterable<Buffer>, take: (line: string, atMs: number) => void): Promise<void> {
  let rest = ''
  for await (const chunk of body) {
    const atMs = performance.now()
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line, atMs)
  }
}
