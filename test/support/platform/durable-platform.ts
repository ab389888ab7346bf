/**
 * Durable Objects in Node.js, for tests that run the real objects' code under a clock that they move: one instance per
 * name, storage that outlives it, calls that copy what they carry, alarms on the (fake) timers. Faults are set at
 * these ports: alarms that never fire, calls that do not arrive or whose answer is lost, objects that end as soon as
 * they have answered, so that nothing they meant to do afterwards is done.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { NodeStorage } from './node-storage.ts'

type AnyInstance = Record<string, (...args: unknown[]) => unknown>
type ObjectClass = new (ctx: never, env: never) => object

export interface Call {
  readonly className: string
  readonly name: string
  readonly method: string
}

export interface Faults {
  /** Alarms are set and never fire. */
  losesAlarms?: boolean
  /** Instances of these classes end with the answer to the last call that they had. */
  endsAfterAnswer?: (className: string) => boolean
  /** The call does not arrive. */
  losesCall?: (call: Call) => boolean
  /** The call is carried out, and the caller never learns. */
  losesAnswer?: (call: Call) => boolean
}

/** An alarm whose handler failed is tried again after this long. */
const ALARM_RETRY_MS = 2_000

class Instance {
  readonly object: AnyInstance
  readonly #ended = Promise.withResolvers<never>()
  isEnded = false
  calls = 0

  constructor(make: (instance: Instance) => object) {
    this.#ended.promise.catch(() => undefined)
    this.object = running.run(this, () => make(this)) as AnyInstance
  }

  end(reason: string): void {
    this.isEnded = true
    this.#ended.reject(new Error(reason))
  }

  /** What an ended instance waits for never comes. */
  while<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#ended.promise])
  }

  assertAlive(): void {
    if (this.isEnded) throw new Error('this instance has ended')
  }
}

/** Whose code runs. */
const running = new AsyncLocalStorage<Instance>()

/** Timers end with the instance that set them. Returns what puts the former ones back. */
export function bindTimersToInstances(): () => void {
  const { setTimeout: set } = globalThis
  const bound = (callback: () => void, delayMs?: number) => {
    const instance = running.getStore()
    if (instance === undefined) return set(callback, delayMs)
    return set(() => {
      if (!instance.isEnded) running.run(instance, callback)
    }, delayMs)
  }
  globalThis.setTimeout = bound as typeof setTimeout
  return () => {
    globalThis.setTimeout = set
  }
}

export class DurablePlatform {
  readonly faults: Faults = {}
  readonly calls: Call[] = []
  /** Calls without an answer yet. */
  readonly open = new Set<Call>()
  alarmsFired = 0
  readonly #classes: Readonly<Record<string, ObjectClass>>
  readonly #bindings: Readonly<Record<string, string>>
  readonly #variables: Readonly<Record<string, unknown>>
  readonly #storages = new Map<string, NodeStorage>()
  readonly #instances = new Map<string, Instance>()
  readonly #timers = new Map<string, () => void>()

  /** `bindings`: binding → class name. */
  constructor(
    classes: Readonly<Record<string, ObjectClass>>,
    bindings: Readonly<Record<string, string>>,
    variables: Readonly<Record<string, unknown>>,
  ) {
    this.#classes = classes
    this.#bindings = bindings
    this.#variables = variables
  }

  /** The environment as code outside of objects sees it. */
  env<Env>(): Env {
    return this.#envOf(undefined) as Env
  }

  get rowsWritten(): number {
    return [...this.#storages.values()].reduce((sum, { rowsWritten }) => sum + rowsWritten, 0)
  }

  /** Alarms that are set, as `Class name`. */
  get alarms(): readonly string[] {
    return [...this.#storages].filter(([, { alarmMs }]) => alarmMs !== undefined).map(([key]) => key)
  }

  /** The objects that have something stored, as `Class name`. */
  get stored(): readonly string[] {
    return [...this.#storages].filter(([, storage]) => !storage.isEmpty).map(([key]) => key).sort()
  }

  /** Forgets instances, as an eviction does; storage stays. */
  evict(matches: (className: string, name: string) => boolean = () => true): void {
    for (const [key, instance] of [...this.#instances]) {
      const [className, name] = split(key)
      if (matches(className, name)) this.#end(key, instance, 'evicted')
    }
  }

  #end(key: string, instance: Instance, reason: string): void {
    instance.end(reason)
    if (this.#instances.get(key) === instance) this.#instances.delete(key)
  }

  #envOf(caller: Instance | undefined): Record<string, unknown> {
    const namespaces = Object.entries(this.#bindings).map(([binding, className]) => [
      binding,
      {
        idFromName: (name: string) => ({ name, toString: () => name }),
        get: ({ name }: { name: string }) => this.#stub(className, name, caller),
        getByName: (name: string) => this.#stub(className, name, caller),
      },
    ])
    return { ...this.#variables, ...(Object.fromEntries(namespaces) as object) }
  }

  #stub(className: string, name: string, caller: Instance | undefined): unknown {
    return new Proxy(
      {},
      {
        get: (_target, method) => {
          // A stub is no promise.
          if (typeof method !== 'string' || method === 'then') return undefined
          return (...args: unknown[]) => this.#call({ className, name, method }, args, caller)
        },
      },
    )
  }

  async #call(call: Call, args: readonly unknown[], caller: Instance | undefined): Promise<unknown> {
    caller?.assertAlive()
    const carried = call.method === 'fetch' ? [new Request(args[0] as Request, args[1] as RequestInit)] : copied(args)
    this.calls.push(call)
    if (this.faults.losesCall?.(call) === true) throw new Error('the call was lost')
    const answer = this.#deliver(call, carried)
    const result = await (caller === undefined ? answer : caller.while(answer))
    caller?.assertAlive()
    if (this.faults.losesAnswer?.(call) === true) throw new Error('the answer was lost')
    return call.method === 'fetch' ? result : copied(result)
  }

  async #deliver({ className, name, method }: Call, args: readonly unknown[]): Promise<unknown> {
    // Never in the caller's own turn.
    await Promise.resolve()
    const key = keyOf(className, name)
    const instance = this.#instance(className, name)
    instance.calls += 1
    const call = { className, name, method }
    this.open.add(call)
    try {
      const handler = instance.object[method]
      if (handler === undefined) throw new Error(`${className} has no method ${method}`)
      const work = running.run(instance, () => Promise.resolve(handler.apply(instance.object, [...args])))
      return await instance.while(work)
    } catch (error) {
      // Errors lose their class on the way.
      throw new Error(error instanceof Error ? error.message : String(error), { cause: error })
    } finally {
      this.open.delete(call)
      instance.calls -= 1
      const ends = this.faults.endsAfterAnswer?.(className) === true
      if (ends && instance.calls === 0 && !instance.isEnded) this.#end(key, instance, 'ended after its answer')
    }
  }

  #instance(className: string, name: string): Instance {
    const key = keyOf(className, name)
    const known = this.#instances.get(key)
    if (known !== undefined) return known
    const Class = this.#classes[className]
    if (Class === undefined) throw new Error(`no class ${className}`)
    const storage = this.#storages.get(key) ?? new NodeStorage()
    this.#storages.set(key, storage)
    const made = new Instance((instance) => {
      const ctx = this.#contextOf(key, name, storage, instance)
      return new Class(ctx as never, this.#envOf(instance) as never)
    })
    this.#instances.set(key, made)
    return made
  }

  #contextOf(key: string, name: string, storage: NodeStorage, instance: Instance): unknown {
    const alive = (): NodeStorage => {
      instance.assertAlive()
      return storage
    }
    return {
      id: { name, toString: () => name },
      waitUntil: (work: Promise<unknown>) => {
        instance.while(work).catch((error: unknown) => {
          if (!instance.isEnded) console.error('work in the background failed', error)
        })
      },
      abort: (reason: string) => {
        this.#end(key, instance, reason)
        throw new Error(reason)
      },
      storage: {
        sql: {
          exec: (statement: string, ...bindings: (string | number | null)[]) => alive().exec(statement, bindings),
          get databaseSize() {
            return alive().sizeBytes()
          },
        },
        kv: {
          get: (id: string) => alive().get(id),
          put: (id: string, value: unknown) => alive().put(id, value),
          delete: (id: string) => alive().delete(id),
          list: ({ prefix = '' }: { prefix?: string } = {}) => alive().list(prefix),
        },
        transactionSync: <T>(work: () => T) => alive().transaction(work),
        sync: async () => {
          alive()
          await Promise.resolve()
          instance.assertAlive()
        },
        getAlarm: () => Promise.resolve(alive().alarmMs ?? null),
        setAlarm: (timeMs: number) => {
          this.#setAlarm(key, alive(), timeMs)
          return Promise.resolve()
        },
        deleteAlarm: () => {
          this.#clearAlarm(key, alive())
          return Promise.resolve()
        },
        deleteAll: () => {
          this.#clearAlarm(key, alive())
          storage.deleteAll()
          return Promise.resolve()
        },
      },
    }
  }

  #setAlarm(key: string, storage: NodeStorage, timeMs: number): void {
    this.#clearAlarm(key, storage)
    storage.rowsWritten += 1
    storage.alarmMs = timeMs
    const timer = running.exit(() => setTimeout(() => void this.#fire(key, storage), Math.max(0, timeMs - Date.now())))
    this.#timers.set(key, () => clearTimeout(timer))
  }

  #clearAlarm(key: string, storage: NodeStorage): void {
    this.#timers.get(key)?.()
    this.#timers.delete(key)
    storage.alarmMs = undefined
  }

  async #fire(key: string, storage: NodeStorage): Promise<void> {
    if (this.faults.losesAlarms === true) return
    this.#clearAlarm(key, storage)
    this.alarmsFired += 1
    const [className, name] = split(key)
    try {
      await this.#deliver({ className, name, method: 'alarm' }, [])
    } catch (error) {
      console.error(`the alarm of ${key} failed, to be tried again`, error)
      if (storage.alarmMs === undefined) this.#setAlarm(key, storage, Date.now() + ALARM_RETRY_MS)
    }
  }
}

const keyOf = (className: string, name: string): string => `${className} ${name}`
const split = (key: string): readonly [string, string] => {
  const blank = key.indexOf(' ')
  return [key.slice(0, blank), key.slice(blank + 1)]
}

/** Functions and classes do not cross a hop: copying them throws, as it would there. */
function copied<T>(value: T): T {
  return structuredClone(value)
}
