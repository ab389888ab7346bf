/**
 * The controllers of one object, by name, each with the context that it reconciles in; and the keys there are for one.
 *
 * It must not know: when a key runs.
 */
import { storeResource } from '../apis/define-kind.ts'
import type { Client } from '../client/client.ts'
import { createEventsRecorder } from '../client/events-recorder.ts'
import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import type { StoreReader } from '../store/object-store.ts'
import type { Controller, ReconcileContext } from './define-controller.ts'
import { createLister } from './lister.ts'
import type { Wake } from './wake-ups.ts'

/** Names read from the store at a time. */
const NAMES_PER_READ = 500

export interface ControllerSetOptions {
  /** Those of this object's scope. */
  readonly controllers: readonly Controller[]
  /** '' for the cluster scope. */
  readonly namespace: string
  readonly reader: StoreReader
  /** The client that acts as the controller of this name (auth's `controllerUser`), in this scope and across. */
  clientFor(name: string): Client
  readonly clock: Clock
  readonly random: Random
  /** A key failed (it will be retried), was set aside, or an Event could not be written; for the log. */
  onError?(error: unknown, controller: string, key: string): void
}

export class ControllerSet {
  readonly all: readonly Controller[]
  readonly #reader: StoreReader
  readonly #byName: ReadonlyMap<string, Controller>
  readonly #contexts: ReadonlyMap<string, ReconcileContext>

  constructor(options: ControllerSetOptions) {
    this.all = options.controllers
    this.#reader = options.reader
    this.#byName = new Map(options.controllers.map((controller) => [controller.name, controller]))
    const { clock, random, reader, namespace } = options
    const lister = createLister(reader)
    this.#contexts = new Map(
      options.controllers.map((controller): [string, ReconcileContext] => {
        const client = options.clientFor(controller.actsAs ?? controller.name)
        const events = createEventsRecorder({
          client,
          clock,
          random,
          component: controller.eventSource ?? `${controller.name}-controller`,
          onError: (error) => options.onError?.(error, controller.name, ''),
        })
        return [controller.name, { client, lister, reader, namespace, clock, random, events }]
      }),
    )
  }

  /** Undefined: an older version of the program had one of that name. */
  named(name: string): Controller | undefined {
    return this.#byName.get(name)
  }

  contextOf({ name }: Controller): ReconcileContext {
    const context = this.#contexts.get(name)
    if (context === undefined) throw new Error(`no controller is named ${name}`)
    return context
  }

  /** What a resync looks at. */
  keysOf(controller: Controller): readonly string[] {
    const { startKeys, allKeys } = controller
    return allKeys?.(this.contextOf(controller)) ?? startKeys ?? this.#namesOf(storeResource(controller.for))
  }

  /** As if the first change of all had called for them: the cursor stays before it until they are done. */
  startWakes(): Wake[] {
    return this.all.flatMap((controller) => {
      const { startKeys = [] } = controller
      return startKeys.map((key) => ({ controller, key, revision: 1 }))
    })
  }

  #namesOf(resource: string): string[] {
    const names: string[] = []
    for (let after: string | undefined, hasMore = true; hasMore;) {
      const page = this.#reader.list({
        resource,
        limit: NAMES_PER_READ,
        ...(after === undefined ? {} : { after }),
      })
      names.push(...page.objects.map(({ name }) => name))
      after = page.objects.at(-1)?.name
      hasMore = page.hasMore && after !== undefined
    }
    return names
  }
}
