/**
 * A terminating namespace empties itself: the sealed store deletes what it holds, pods first, as DELETE would, and says
 * what is left and what holds it. Asked again until nothing is (controllers/namespace).
 */
import type { Remaining } from '../../../controllers/namespace/plan.ts'
import type { KindRef } from '../../../apis/define-kind.ts'
import { storeResource } from '../../../apis/define-kind.ts'
import type { Client } from '../../../client/client.ts'
import type { ServedKinds } from '../../../registry/kinds/served-kinds.ts'
import type { StoreReader } from '../../../store/object-store.ts'

/** Objects deleted in one call; the controller asks again. */
const MAX_DELETIONS = 1_000

interface Held {
  metadata: { deletionTimestamp?: string; deletionGracePeriodSeconds?: number; finalizers?: string[] }
}

export async function deleteContent(
  reader: StoreReader,
  kinds: Pick<ServedKinds, 'ofStoreResource'>,
  client: Client,
  namespace: string,
  what: 'pods' | 'rest',
): Promise<Remaining> {
  const errors: string[] = []
  for (const resource of reader.resources()) {
    if ((resource === 'pods') !== (what === 'pods')) continue
    const kind = await kinds.ofStoreResource(resource)
    if (kind !== undefined) errors.push(...(await deleteObjects(reader, client, namespace, kind)))
  }
  return { isSealed: true, errors, ...held(reader) }
}

/** Deletes objects of a kind, a batch at most; answers what could not be deleted and why. */
export async function deleteObjects(
  reader: StoreReader,
  client: Client,
  namespace: string,
  kind: KindRef,
): Promise<string[]> {
  const { objects } = reader.list({ resource: storeResource(kind), limit: MAX_DELETIONS })
  const live = objects.filter(({ text }) => (JSON.parse(text) as Held).metadata.deletionTimestamp === undefined)
  const results = await client.batch(
    namespace,
    live.map(({ name }) => ({ verb: 'delete', kind, name })),
  )
  const errors = results.map(({ error }) => error).filter((error) => error !== undefined)
  return errors.filter(({ code }) => code !== 404).map(({ message }) => message ?? 'refused')
}

function held(reader: StoreReader): Pick<Remaining, 'resources' | 'finalizers' | 'graceSeconds'> {
  const resources = new Map<string, number>()
  const finalizers = new Map<string, number>()
  let graceSeconds = 0
  for (const resource of reader.resources()) {
    resources.set(resource, reader.count(resource))
    for (const { text } of reader.list({ resource, limit: MAX_DELETIONS }).objects) {
      const { metadata } = JSON.parse(text) as Held
      for (const name of metadata.finalizers ?? []) finalizers.set(name, (finalizers.get(name) ?? 0) + 1)
      graceSeconds = Math.max(graceSeconds, metadata.deletionGracePeriodSeconds ?? 0)
    }
  }
  return { resources: Object.fromEntries(resources), finalizers: Object.fromEntries(finalizers), graceSeconds }
}
