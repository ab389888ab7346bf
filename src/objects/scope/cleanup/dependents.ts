/** How the cluster scope's object reaches the dependents of its objects in the namespaces. */
import { createLister } from '../../../reconcile/lister.ts'
import type { DependentNamespaces } from '../../../controllers/garbage-collector/dependent-namespaces.ts'
import type { Task } from '../../../controllers/garbage-collector/dependents.ts'
import { tendDependents } from '../../../controllers/garbage-collector/dependents.ts'
import type { Client } from '../../../client/client.ts'
import type { Registrants } from '../../../store/registrants.ts'
import type { StoreReader } from '../../../store/object-store.ts'

export function dependentNamespaces(
  registrants: Registrants,
  tend: DependentNamespaces['tend'],
): DependentNamespaces {
  return {
    of: (uid) => registrants.of(uid),
    uids: () => registrants.uids(),
    forget: (uid) => registrants.forget(uid),
    tend,
  }
}

/** The namespace's side. `client` acts as its garbage collector. */
export function tendDependentsHere(
  reader: StoreReader,
  client: Client,
  namespace: string,
  uid: string,
  task: Task,
): Promise<boolean> {
  return tendDependents({ reader, lister: createLister(reader), client, namespace }, uid, task)
}
