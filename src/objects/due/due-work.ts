/**
 * The due work of one logical cluster: which of its objects Cron is to visit. Lives with the sequencer, which every
 * write passes anyway, so that a store enters with its first reservation of a burst. The cluster itself is then entered
 * in the root's index of clusters, and that one is all that Cron reads.
 */
import type { DueRows } from './due-index.ts'
import { DueIndex } from './due-index.ts'

/** Visits at a time: the platform allows six outgoing connections of one request. */
const PARALLEL_VISITS = 6

/** Answers when the object is to be visited next; undefined: only once it has entered again. */
export type Visit = () => Promise<number | undefined>

export interface DueWorkPorts {
  readonly rows: DueRows
  /** Enters the cluster in the root's index; durable when it resolves. Nothing to wait for within the root itself. */
  enterRoot(): Promise<void> | undefined
  visitScope(namespace: string): Promise<number | undefined>
  visitScheduler(): Promise<number | undefined>
  visitCloud(): Promise<number | undefined>
  now(): number
  /** A visit failed: the object stays due. */
  onError(error: unknown, key: string): void
}

const SCOPE = 'scope/'
export const SCHEDULER = 'scheduler'
export const CLOUD = 'cloud'

export const scopeKey = (namespace: string): string => SCOPE + namespace

export class DueWork {
  readonly #ports: DueWorkPorts
  readonly #index: DueIndex
  #isInRoot = false
  #entering: Promise<void> | undefined

  constructor(ports: DueWorkPorts) {
    this.#ports = ports
    this.#index = new DueIndex(ports.rows)
  }

  /** Durable, here and in the root, when it resolves; undefined: there is nothing to wait for. */
  enter(key: string): Promise<void> | undefined {
    this.#index.enter(key, this.#ports.now())
    if (this.#isInRoot) return undefined
    if (this.#entering === undefined) {
      const entering = this.#ports.enterRoot()
      if (entering === undefined) {
        this.#isInRoot = true
        return undefined
      }
      this.#entering = this.#untilInRoot(entering)
    }
    return this.#entering
  }

  /** Visits everything that is due; answers when the cluster is to be visited next. */
  async sweep(): Promise<number | undefined> {
    const scopes = this.#index.due(this.#ports.now()).filter((key) => key.startsWith(SCOPE))
    await visitAll(scopes, (key) => this.#visit(key, () => this.#ports.visitScope(key.slice(SCOPE.length))))
    // After the scopes, which may have given them something to do.
    const due = new Set(this.#index.due(this.#ports.now()))
    if (due.has(SCHEDULER)) await this.#visit(SCHEDULER, () => this.#ports.visitScheduler())
    if (due.has(CLOUD)) await this.#visit(CLOUD, () => this.#ports.visitCloud())
    // While the root is being told, what it is told may be older than this answer.
    if (this.#entering !== undefined) return this.#ports.now()
    // What enters from here on enters the root again.
    this.#isInRoot = false
    return this.#index.earliestMs
  }

  async #untilInRoot(entering: Promise<void>): Promise<void> {
    try {
      await entering
      this.#isInRoot = true
    } finally {
      this.#entering = undefined
    }
  }

  async #visit(key: string, visit: Visit): Promise<void> {
    await visitOne(this.#index, key, visit, (error) => this.#ports.onError(error, key))
  }
}

/** The root's index: which logical clusters have due or unfinished work. */
export class DueClusters {
  readonly #index: DueIndex
  readonly #now: () => number

  constructor(rows: DueRows, now: () => number) {
    this.#index = new DueIndex(rows)
    this.#now = now
  }

  enter(cluster: string): void {
    this.#index.enter(cluster, this.#now())
  }

  forget(cluster: string): void {
    this.#index.remove(cluster)
  }

  /** Cron's tick: `sweep` visits one cluster and answers when it is to be visited next. */
  async sweep(
    sweep: (cluster: string) => Promise<number | undefined>,
    onError: (error: unknown, cluster: string) => void,
  ): Promise<void> {
    await visitAll(this.#index.due(this.#now()), (cluster) =>
      visitOne(this.#index, cluster, () => sweep(cluster), (error) => onError(error, cluster)),
    )
  }
}

async function visitOne(
  index: DueIndex,
  key: string,
  visit: Visit,
  onError: (error: unknown) => void,
): Promise<void> {
  const answered = index.visit(key)
  try {
    answered(await visit())
  } catch (error) {
    onError(error)
  }
}

async function visitAll(keys: readonly string[], visit: (key: string) => Promise<void>): Promise<void> {
  const waiting = [...keys]
  const visitor = async (): Promise<void> => {
    for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) await visit(key)
  }
  await Promise.all(Array.from({ length: PARALLEL_VISITS }, visitor))
}
