/**
 * The floor of a rollout: the least that an object of our shape must do for pods that are created, bound and run. Each
 * pod's text is parsed, changed and printed once a step, goes into the log and its pointer into another table, durably,
 * and to whoever watches; the steps are commits of as many pods as ours. Nothing is validated, decided or admitted.
 */
import { DurableObject } from 'cloudflare:workers'

interface RolloutEnv {
  readonly ROLLOUT_OBJECTS: DurableObjectNamespace
}

interface Pod {
  metadata: { name?: string; resourceVersion?: string }
  spec: { nodeName?: string }
  status?: unknown
}

/** As our own commits (MAX_BATCH_TURNS). */
const BATCH = 128

const LOG = 'CREATE TABLE IF NOT EXISTS log (revision INTEGER PRIMARY KEY, name TEXT, value TEXT)'
const CURRENT = 'CREATE TABLE IF NOT EXISTS current (name TEXT PRIMARY KEY, revision INTEGER) WITHOUT ROWID'
const READ = 'SELECT l.value FROM current c JOIN log l ON l.revision = c.revision WHERE c.name = ?'

export class RolloutObject extends DurableObject<RolloutEnv> {
  readonly #encoder = new TextEncoder()
  #revision = 0
  #watcher: ReadableStreamDefaultController<Uint8Array> | undefined

  constructor(ctx: DurableObjectState, env: RolloutEnv) {
    super(ctx, env)
    for (const statement of [LOG, CURRENT]) ctx.storage.sql.exec(statement)
    const [row] = ctx.storage.sql.exec<{ newest: number | null }>('SELECT MAX(revision) AS newest FROM log')
    this.#revision = row?.newest ?? 0
  }

  override async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url)
    if (request.method === 'GET') {
      return new Response(new ReadableStream({ start: (controller) => void (this.#watcher = controller) }))
    }
    const count = Number(searchParams.get('pods'))
    const names = Array.from({ length: count }, (_, at) => `${searchParams.get('run') ?? ''}-${String(at)}`)
    const { created, status } = await request.json<{ created: Pod; status: unknown }>()
    const template = JSON.stringify(created)
    await this.#step(names, () => template, () => undefined)
    const stored = (name: string): string => this.ctx.storage.sql.exec<{ value: string }>(READ, name).one().value
    await this.#step(names, stored, ({ spec }) => (spec.nodeName = 'node'))
    await this.#step(names, stored, (pod) => (pod.status = status))
    return new Response('{}', { status: 201 })
  }

  /** One write of each pod. */
  async #step(
    names: readonly string[],
    textOf: (name: string) => string,
    change: (pod: Pod) => unknown,
  ): Promise<void> {
    for (let start = 0; start < names.length; start += BATCH) {
      const batch = names.slice(start, start + BATCH)
      const texts = this.ctx.storage.transactionSync(() => batch.map((name) => this.#write(name, textOf(name), change)))
      await this.ctx.storage.sync()
      for (const text of texts) this.#watcher?.enqueue(this.#encoder.encode(`{"type":"MODIFIED","object":${text}}\n`))
    }
  }

  #write(name: string, before: string, change: (pod: Pod) => unknown): string {
    const { sql } = this.ctx.storage
    const revision = (this.#revision += 1)
    const pod = JSON.parse(before) as Pod
    change(pod)
    Object.assign(pod.metadata, { name, resourceVersion: String(revision) })
    const text = JSON.stringify(pod)
    sql.exec('INSERT INTO log VALUES (?, ?, ?)', revision, name, text)
    sql.exec('INSERT OR REPLACE INTO current VALUES (?, ?)', name, revision)
    return text
  }
}

export default {
  fetch(request: Request, env: RolloutEnv): Promise<Response> {
    return env.ROLLOUT_OBJECTS.getByName('floor').fetch(request)
  },
} satisfies ExportedHandler<RolloutEnv>
