/**
 * Requests to one Service at a steady rate, for as long as something else is done to it: by the clock and not one after
 * the other's answer, so that a server that stalls is not spared. Every answer but 200 is a failure.
 */
import { Agent, request } from 'undici'

export interface LoadTarget {
  /** Of the local server's HTTP. */
  readonly port: number
  /** The Service's host name; it need not resolve here. */
  readonly host: string
  /** In turn. */
  readonly paths: readonly string[]
  readonly perSecond: number
}

export interface LoadReport {
  readonly answered: number
  readonly perSecond: number
  readonly failures: readonly string[]
  readonly p50Ms: number
  readonly p99Ms: number
  /** The distinct bodies. */
  readonly texts: ReadonlySet<string>
}

/** Waiting for more than this, further requests are held back: the machine is slower than the rate, not the server. */
const MAX_UNDER_WAY = 64

/** What is to be shown: so many requests a second, all the while. */
const WANTED_PER_SECOND = 200

/** An idle machine does at least this much more when nothing changes. */
const IDLE_FACTOR = 1.25

/** How long a machine is asked what it can do when nothing changes. */
const REST_MS = 1_000

/** Timers are no finer. */
const TICK_MS = 2

export class Load {
  readonly #target: LoadTarget
  readonly #agent = new Agent({ connections: 64 })
  readonly #startedMs = performance.now()
  readonly #timesMs: number[] = []
  readonly #failures: string[] = []
  readonly #texts = new Set<string>()
  readonly #underWay = new Set<Promise<void>>()
  readonly #timer: NodeJS.Timeout
  #sent = 0

  constructor(target: LoadTarget) {
    this.#target = target
    this.#timer = setInterval(() => this.#sendWhatIsDue(), TICK_MS)
  }

  get answered(): number {
    return this.#timesMs.length
  }

  /** Sends no more, waits for the last answers. */
  async stop(): Promise<LoadReport> {
    clearInterval(this.#timer)
    const seconds = (performance.now() - this.#startedMs) / 1_000
    await Promise.all(this.#underWay)
    await this.#agent.close()
    const sorted = this.#timesMs.toSorted((one, other) => one - other)
    const quantile = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? NaN
    return {
      answered: this.answered,
      perSecond: this.answered / seconds,
      failures: this.#failures,
      p50Ms: quantile(0.5),
      p99Ms: quantile(0.99),
      texts: this.#texts,
    }
  }

  #sendWhatIsDue(): void {
    const due = ((performance.now() - this.#startedMs) / 1_000) * this.#target.perSecond
    while (this.#sent < due && this.#underWay.size < MAX_UNDER_WAY) {
      const path = this.#target.paths[this.#sent % this.#target.paths.length] ?? '/'
      this.#sent += 1
      const one = this.#send(path).finally(() => this.#underWay.delete(one))
      this.#underWay.add(one)
    }
  }

  async #send(path: string): Promise<void> {
    const { port, host } = this.#target
    const startedMs = performance.now()
    try {
      const headers = { host: `${host}:${String(port)}` }
      const { statusCode, body } = await request(`http://127.0.0.1:${String(port)}${path}`, {
        dispatcher: this.#agent,
        headers,
      })
      const text = await body.text()
      if (statusCode === 200) this.#texts.add(text)
      else this.#failures.push(`${String(statusCode)} ${text}`)
    } catch (error) {
      this.#failures.push(String(error))
    }
    this.#timesMs.push(performance.now() - startedMs)
  }
}

/**
 * How many a second must be answered while something changes: 200. A machine that could hardly do as many when nothing
 * changes, because others use it, too, is asked for half of what it does then.
 */
export async function wantedPerSecond(target: LoadTarget): Promise<number> {
  const load = new Load(target)
  await new Promise((resolve) => setTimeout(resolve, REST_MS))
  const { perSecond } = await load.stop()
  return perSecond < WANTED_PER_SECOND * IDLE_FACTOR ? perSecond / 2 : WANTED_PER_SECOND
}
