/**
 * The floor: the least that a server of our shape can do on this workerd and this machine. A bare Worker, one hop to an
 * object, one SQLite row read or written durably; and a bare fan-out of each write to streams that are open.
 */
import { DurableObject } from 'cloudflare:workers'

interface FloorEnv {
  readonly FLOOR_OBJECTS: DurableObjectNamespace
}

export class FloorObject extends DurableObject<FloorEnv> {
  readonly #streams = new Set<ReadableStreamDefaultController<Uint8Array>>()
  #body = new Uint8Array(0)

  constructor(ctx: DurableObjectState, env: FloorEnv) {
    super(ctx, env)
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS rows (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID')
  }

  override async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (request.method !== 'GET') return this.#write(pathname, await request.text())
    if (pathname === '/watch') return this.#watch()
    if (pathname.startsWith('/bytes/')) return this.#bytes(Number(pathname.slice('/bytes/'.length)))
    const [row] = this.ctx.storage.sql.exec<{ value: string }>('SELECT value FROM rows WHERE name = ?', pathname)
    return new Response(row?.value ?? '{}', { headers: { 'content-type': 'application/json' } })
  }

  #write(name: string, value: string): Response {
    this.ctx.storage.sql.exec('INSERT OR REPLACE INTO rows VALUES (?, ?)', name, value)
    if (this.#streams.size > 0) {
      const event = new TextEncoder().encode(`{"type":"ADDED","object":${value}}\n`)
      // As our own watches: shown when it is durable, not before.
      this.ctx.waitUntil(this.ctx.storage.sync().then(() => this.#send(event)))
    }
    return new Response(value, { status: 201, headers: { 'content-type': 'application/json' } })
  }

  #send(event: Uint8Array): void {
    for (const stream of this.#streams) stream.enqueue(event)
  }

  /** A body that is at hand, as a document is that was sent before. */
  #bytes(length: number): Response {
    if (this.#body.byteLength !== length) this.#body = new Uint8Array(length)
    const { readable, writable } = new FixedLengthStream(length)
    const writer = writable.getWriter()
    this.ctx.waitUntil(Promise.all([writer.write(this.#body), writer.close()]))
    return new Response(readable)
  }

  #watch(): Response {
    let own: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = controller
        this.#streams.add(controller)
      },
      cancel: () => {
        this.#streams.delete(own)
      },
    })
    return new Response(body)
  }
}

export default {
  fetch(request: Request, env: FloorEnv): Promise<Response> {
    return env.FLOOR_OBJECTS.getByName('floor').fetch(request)
  },
} satisfies ExportedHandler<FloorEnv>
