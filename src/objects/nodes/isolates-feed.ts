/** What pods' own objects hear from the log: that they were given to the isolates' node, are to end, or are gone. */
import type { Env } from '../../env.ts'
import type { Change } from '../../store/object-store.ts'
import { POD_HEADER, SECRET_HEADER } from '../calls/hop-headers.ts'
import type { NodeRuntimes } from './node-runtimes.ts'
import { podObjectName } from '../object-names.ts'

/** A pod's kubelet writes its status itself: only its assignment and its end are news to it. */
export function concernsIsolates({ type, text, selectable, previousSelectable }: Change): boolean {
  const node = selectable.fields['spec.nodeName'] ?? ''
  if (node === '') return false
  if (type === 'DELETED') return true
  return (previousSelectable?.fields['spec.nodeName'] ?? '') === '' || text.includes('"deletionTimestamp":"')
}

interface FedPod {
  readonly metadata: { readonly name?: string; readonly namespace?: string; readonly uid?: string }
}

/** Calls each pod's object; throws when one could not be reached, to be called again with all of them. */
export async function feedIsolates(
  env: Env,
  cluster: string,
  runtimes: NodeRuntimes,
  changes: readonly Change[],
): Promise<void> {
  await Promise.all(
    changes.map(async ({ type, text, selectable }) => {
      if ((await runtimes.runtimeOf(selectable.fields['spec.nodeName'] ?? '')) !== 'isolates') return
      const { name = '', namespace = '', uid = '' } = (JSON.parse(text) as FedPod).metadata
      const headers = {
        [SECRET_HEADER]: env.INTERNAL_SECRET ?? '',
        [POD_HEADER]: podObjectName(cluster, namespace, name, uid),
        'content-type': 'application/json',
      }
      const path = type === 'DELETED' ? 'gone' : 'observe'
      const response = await env.PODS.fetch(`http://pods/${path}`, { method: 'POST', headers, body: text })
      if (!response.ok) throw new Error(`the object of pod ${namespace}/${name} answered ${String(response.status)}`)
      await response.body?.cancel()
    }),
  )
}
