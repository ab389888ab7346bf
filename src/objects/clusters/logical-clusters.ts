/**
 * The other logical clusters, as the root's cluster controller acts upon them: their beginning, and the sweep that
 * leaves nothing of a deleted one. Each step may be done again, so a sweep that was cut off begins anew.
 */
import { service as serviceKind } from '../../apis/core/service/service.ts'
import { ROOT_CLUSTER } from '../../apis/workernetes/root-cluster.ts'
import { SERVER_USER } from '../../auth/user.ts'
import { LOAD_BALANCER_FINALIZER } from '../../cloud/service-controller.ts'
import type { LogicalClusters } from '../../controllers/cluster/cluster.ts'
import type { Env } from '../../env.ts'
import { listAllNamespaces } from '../calls/list-all.ts'
import { RemoteClient } from '../calls/remote-client.ts'
import { scopeStub, uncarry } from '../calls/scope-stub.ts'
import { clusterObjectName } from '../object-names.ts'
import { destroyed } from '../storage/destroy.ts'

export function logicalClusters(env: Env): LogicalClusters {
  return {
    async start(name, uid) {
      const start = await uncarry(scopeStub(env, name, '').startCluster(uid))
      if (start === 'former') await destroyAll(env, name)
      return start === 'started'
    },
    async destroy(name, uid) {
      await uncarry(scopeStub(env, name, '').sealCluster(uid))
      await destroyAll(env, name)
    },
  }
}

async function destroyAll(env: Env, name: string): Promise<void> {
  const namespaces = await namespacesOf(env, name)
  for (const namespace of namespaces) await releaseBalancers(env, name, namespace)
  // Twice: what was still on its way between objects may have touched one that was gone already.
  for (const _pass of ['empty', 'check']) await sweep(env, name, namespaces)
}

/** All that exist, and all that ever wrote. */
async function namespacesOf(env: Env, cluster: string): Promise<readonly string[]> {
  const listed = await scopeStub(env, cluster, '').namespaceNames()
  const known = await env.SEQUENCER_OBJECTS.getByName(clusterObjectName(cluster)).storeNames()
  return [...new Set([...listed, ...known])].filter((name) => name !== '').sort()
}

/** What was made in a cloud for the namespace's Services is given back first: afterwards nobody would know of it. */
async function releaseBalancers(env: Env, cluster: string, namespace: string): Promise<void> {
  const client = new RemoteClient({
    user: SERVER_USER,
    stubOf: (scope) => scopeStub(env, cluster, scope),
    listAll: (...list) => listAllNamespaces(env, cluster, ...list),
  })
  const { items } = await client.list(serviceKind, { namespace })
  const texts = items
    .filter(({ metadata }) => metadata.finalizers?.includes(LOAD_BALANCER_FINALIZER))
    .map((service) => JSON.stringify(service))
  if (texts.length > 0) await env.CLOUD_OBJECTS.getByName(clusterObjectName(cluster)).release(texts)
}

async function sweep(env: Env, cluster: string, namespaces: readonly string[]): Promise<void> {
  const name = clusterObjectName(cluster)
  await destroyed(async () => env.SCHEDULER_OBJECTS.getByName(name).destroy())
  await destroyed(async () => env.CLOUD_OBJECTS.getByName(name).destroy())
  for (const namespace of namespaces) await destroyed(async () => scopeStub(env, cluster, namespace).destroy())
  await destroyed(async () => scopeStub(env, cluster, '').destroy())
  await destroyed(async () => env.SEQUENCER_OBJECTS.getByName(name).destroy())
  await env.SEQUENCER_OBJECTS.getByName(clusterObjectName(ROOT_CLUSTER)).forgetCluster(cluster)
}
