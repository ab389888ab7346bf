/**
 * What other objects have this scope delete: the content of a terminating namespace, the instances of a definition that
 * goes, dependents of a cluster-scoped owner. Each is asked again until nothing is left, and acts as its controller.
 */
import { CLEANUP } from '../../../controllers/custom-resource-definition/cleanup.ts'
import type { InstancesOf, RemainingInstances } from '../../../controllers/custom-resource-definition/instances.ts'
import type { Task } from '../../../controllers/garbage-collector/dependents.ts'
import type { Remaining } from '../../../controllers/namespace/plan.ts'
import type { Client } from '../../../client/client.ts'
import type { Scope } from '../scope.ts'
import { deleteInstancesHere } from './definition-instances.ts'
import { tendDependentsHere } from './dependents.ts'
import { deleteContent } from './namespace-content.ts'

export class Cleanup {
  readonly #scope: Pick<Scope, 'store' | 'kinds'>
  readonly #namespace: string
  readonly #clientOf: (controller: string) => Client

  /** `clientOf`: acts as the controller of that name. */
  constructor(
    scope: Pick<Scope, 'store' | 'kinds'>,
    namespace: string,
    clientOf: (controller: string) => Client,
  ) {
    this.#scope = scope
    this.#namespace = namespace
    this.#clientOf = clientOf
  }

  /** Of a namespace that is sealed. */
  deleteContent(what: 'pods' | 'rest'): Promise<Remaining> {
    const { store, kinds } = this.#scope
    return deleteContent(store, kinds, this.#clientOf('namespace'), this.#namespace, what)
  }

  deleteInstances(definition: InstancesOf): Promise<RemainingInstances> {
    return deleteInstancesHere(this.#scope, this.#clientOf(CLEANUP), this.#namespace, definition)
  }

  tendDependents(uid: string, task: Task): Promise<boolean> {
    return tendDependentsHere(this.#scope.store, this.#clientOf('garbage-collector'), this.#namespace, uid, task)
  }
}
