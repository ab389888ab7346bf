/**
 * The instances of a definition, wherever they are: a namespace registers with the definition before its first one, so
 * whoever deletes the definition knows where to look; a namespace that was told to delete them makes none any more.
 */
import { parseJson } from '../../../lib/exact-json.ts'
import { DEFINITIONS, groupOfDefinition, isTerminating } from '../../../apis/custom/definition-state.ts'
import { storeResource } from '../../../apis/define-kind.ts'
import type { V1CustomResourceDefinition } from '../../../apis/generated/types.ts'
import { forbiddenError } from '../../../apimachinery/status-error.ts'
import { DEFINITION_TERMINATING_MESSAGE } from '../../../apiserver/writing/turn.ts'
import type { Client } from '../../../client/client.ts'
import type { Instances, InstancesOf, RemainingInstances } from '../../../controllers/custom-resource-definition/instances.ts'
import type { StoreReader } from '../../../store/object-store.ts'
import type { Registrants } from '../../../store/registrants.ts'
import { deleteObjects } from './namespace-content.ts'
import type { Scope } from '../scope.ts'

/** The cluster scope's side. @throws ApiStatusError 403 when the definition is going, gone, or another one by now */
export function registerWithDefinition(
  reader: StoreReader,
  registrants: Registrants,
  namespace: string,
  { name, uid }: { readonly name: string; readonly uid: string },
): void {
  if (registrants.has(uid, namespace)) return
  const stored = reader.get({ resource: DEFINITIONS, name })
  const definition = stored === undefined ? undefined : (parseJson(stored.text) as V1CustomResourceDefinition)
  if (definition?.metadata.uid !== uid || isTerminating(definition)) {
    const group = groupOfDefinition(name)
    const resource = name.slice(0, -group.length - 1)
    throw forbiddenError({ group, resource }, '', DEFINITION_TERMINATING_MESSAGE)
  }
  registrants.register(uid, namespace)
}

/** The namespace's side, or the cluster scope's for its own instances. Asked again until none remain. */
export async function deleteInstancesHere(
  { store, kinds }: Pick<Scope, 'store' | 'kinds'>,
  client: Client,
  namespace: string,
  { uid, resource }: InstancesOf,
): Promise<RemainingInstances> {
  kinds.close(uid)
  const kind = await kinds.ofStoreResource(resource)
  if (kind?.custom?.uid !== uid) return { count: 0, errors: [] }
  const errors = await deleteObjects(store, client, namespace, kind)
  return { count: store.count(storeResource(kind)), errors }
}

/** Namespaces asked at a time: the platform allows six outgoing connections of one request. */
const PARALLEL_NAMESPACES = 6

/** All instances of a definition, by way of the namespaces that are registered with it. */
export function instancesIn(
  registrants: Pick<Registrants, 'of'>,
  deleteIn: (namespace: string, definition: InstancesOf) => Promise<RemainingInstances>,
): Instances {
  return {
    async deleteAll(definition, isNamespaced) {
      const namespaces = isNamespaced ? registrants.of(definition.uid) : ['']
      const errors: string[] = []
      let count = 0
      for (let at = 0; at < namespaces.length; at += PARALLEL_NAMESPACES) {
        const some = namespaces.slice(at, at + PARALLEL_NAMESPACES)
        for (const remaining of await Promise.all(some.map((namespace) => deleteIn(namespace, definition)))) {
          count += remaining.count
          errors.push(...remaining.errors)
        }
      }
      return { count, errors }
    },
  }
}
