/** Calls to pods' own objects: a pod was given to the isolates' node or changed, or is gone. */
import type { V1Pod } from '../../apis/generated/types.ts'
import type { Env } from '../../env.ts'
import type { ScopeName } from '../object-names.ts'
import { podObjectName } from '../object-names.ts'
import type { PodRef } from '../followers/feeds.ts'
import { POD_HEADER, SECRET_HEADER } from '../calls/hop-headers.ts'
import type { StoreReader } from '../../store/object-store.ts'
import type { NodeRuntimes } from './node-runtimes.ts'

/** Throws when the pod's object could not be reached, to be called again. */
export async function callPod(
  env: Env,
  { cluster, namespace }: ScopeName,
  { name, uid }: PodRef,
  path: 'observe' | 'gone',
  body: string,
): Promise<void> {
  const headers = {
    [SECRET_HEADER]: env.INTERNAL_SECRET ?? '',
    [POD_HEADER]: podObjectName(cluster, namespace, name, uid),
    'content-type': 'application/json',
  }
  const response = await env.PODS.fetch(`http://pods/${path}`, { method: 'POST', headers, body })
  if (!response.ok) throw new Error(`the object of pod ${namespace}/${name} answered ${String(response.status)}`)
  await response.body?.cancel()
}

/** Ends the pods of a store that have objects of their own; nobody could afterwards. */
export async function endPods(env: Env, scope: ScopeName, reader: StoreReader, runtimes: NodeRuntimes): Promise<void> {
  const { objects } = reader.list({ resource: 'pods', limit: Number.MAX_SAFE_INTEGER })
  for (const { text } of objects) {
    const { metadata, spec } = JSON.parse(text) as V1Pod
    if ((await runtimes.runtimeOf(spec?.nodeName ?? '')) !== 'isolates') continue
    await callPod(env, scope, { name: metadata.name ?? '', uid: metadata.uid ?? '' }, 'gone', '')
  }
}
