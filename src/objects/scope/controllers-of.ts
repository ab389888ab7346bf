/** The controllers of a scope with their ports filled in: which identity acts, and what the other objects are asked. */
import type { UserInfo } from '../../auth/user.ts'
import { MASTERS_GROUP } from '../../auth/user.ts'
import { LocalClient } from '../../apiserver/local-client.ts'
import { gitVersion } from '../../apiserver/discovery/version.ts'
import type { Client } from '../../client/client.ts'
import { ROOT_CLUSTER } from '../../apis/workernetes/root-cluster.ts'
import { clusterControllers, namespaceControllers } from '../../controllers/controllers.ts'
import type { Env } from '../../env.ts'
import { variablesOf } from '../../env.ts'
import type { Controller } from '../../reconcile/define-controller.ts'
import { BUILD } from '../worker/build.ts'
import { logicalClusters } from '../clusters/logical-clusters.ts'
import { scopeStub, uncarry } from '../calls/scope-stub.ts'
import type { ScopeName } from '../object-names.ts'
import { RemoteClient } from '../calls/remote-client.ts'
import type { Scope } from './scope.ts'

/** The kubelets of nodes that are ours to run: as trusted as the platform they stand for. */
export const KUBELET_USER: UserInfo = { username: 'system:node:simulated', groups: ['system:nodes', MASTERS_GROUP] }

/** The first address of the service range: kubeadm's choice for default/kubernetes. */
const API_CLUSTER_IP = '10.96.0.1'

export function controllersOf(env: Env, { cluster, namespace }: ScopeName): readonly Controller[] {
  const { API_ADDRESS, ROOT_CA } = variablesOf(env)
  if (namespace !== '') return namespaceControllers({ rootCertificates: () => ROOT_CA })
  const address = new URL(API_ADDRESS)
  return clusterControllers({
    apiAddress: {
      clusterIP: API_CLUSTER_IP,
      ip: /^[\d.]+$/.test(address.hostname) ? address.hostname : '127.0.0.1',
      port: address.port === '' ? 443 : Number(address.port),
    },
    namespaceContent: {
      deleteAll: (name, uid, what) => uncarry(scopeStub(env, cluster, name).deleteContent(uid, what)),
    },
    logicalClusters: cluster === ROOT_CLUSTER ? logicalClusters(env) : undefined,
    version: gitVersion(BUILD),
  })
}

/** A client for one of our actors: this scope in process, the others a hop away. */
export function actorClient(
  env: Env,
  { cluster, namespace }: ScopeName,
  scope: Scope,
  user: UserInfo,
  manager: string,
): Client {
  const client = new LocalClient(scope.host, user, manager)
  return new RemoteClient({ user, stubOf: (other) => scopeStub(env, cluster, other), local: { namespace, client } })
}
