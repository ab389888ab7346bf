/** The controllers of a scope with their ports filled in: which identity acts, and what the other objects are asked. */
import type { OwnerReference } from '../../../apimachinery/meta.ts'
import type { CommitQueue } from '../../../registry/commits/commit.ts'
import type { V1Service } from '../../../apis/generated/types.ts'
import type { UserInfo } from '../../../auth/user.ts'
import { MASTERS_GROUP } from '../../../auth/user.ts'
import { LocalClient } from '../../../apiserver/local-client.ts'
import { gitVersion } from '../../../apiserver/discovery/version.ts'
import type { Client } from '../../../client/client.ts'
import { ROOT_CLUSTER } from '../../../apis/workernetes/root-cluster.ts'
import { AUTHENTICATION_NAMESPACE } from '../../../controllers/bootstrap/cluster-authentication.ts'
import { advertisedIp } from '../../../controllers/bootstrap/objects.ts'
import { clusterControllers, namespaceControllers } from '../../../controllers/controllers.ts'
import type { Env } from '../../../env.ts'
import { variablesOf } from '../../../env.ts'
import type { Controller } from '../../../reconcile/define-controller.ts'
import type { InstancesOf, RemainingInstances } from '../../../controllers/custom-resource-definition/instances.ts'
import type { Registrants } from '../../../store/registrants.ts'
import { frontProxyOf, remoteDiscovery } from '../../calls/aggregation.ts'
import { BUILD } from '../../worker/build.ts'
import { logicalClusters } from '../../clusters/logical-clusters.ts'
import { listAllNamespaces } from '../../calls/list-all.ts'
import { instancesIn } from '../cleanup/definition-instances.ts'
import { dependentNamespaces } from '../cleanup/dependents.ts'
import { addressLedger } from '../service-addresses.ts'
import { SERVICE_CIDR } from '../service-allocator.ts'
import type { ServiceAddresses } from '../service-addresses.ts'
import { scopeStub, uncarry } from '../../calls/scope-stub.ts'
import type { ScopeName } from '../../object-names.ts'
import { RemoteClient } from '../../calls/remote-client.ts'
import { scaleHere } from '../../calls/scales.ts'
import type { Scope } from '../scope.ts'

/**
 * The kubelets of nodes that are ours to run: as trusted as the platform they stand for. One for all of them, so it is
 * no node to NodeRestriction, which lets a node touch its own pods only.
 */
export const KUBELET_USER: UserInfo = { username: 'system:node:simulated', groups: [MASTERS_GROUP] }

type DeleteInstances = (definition: InstancesOf) => Promise<RemainingInstances>

/** The first address of the service range: kubeadm's choice for default/kubernetes. */
const API_CLUSTER_IP = '10.96.0.1'

export function controllersOf(
  env: Env,
  { cluster, namespace }: ScopeName,
  addresses: ServiceAddresses,
  registrants: Registrants,
  own: { readonly scope: Scope; deleteInstances: DeleteInstances },
): readonly Controller[] {
  const { API_ADDRESS, ROOT_CA } = variablesOf(env)
  if (namespace !== '') {
    const addressBook = {
      restore: (service: V1Service) => scopeStub(env, cluster, '').restoreService(JSON.stringify(service)),
      release: (uid: string) => scopeStub(env, cluster, '').confirmService(uid, null),
    }
    const readScale = (_namespace: string, reference: OwnerReference) => scaleHere(own.scope, reference)
    const frontProxy = namespace === AUTHENTICATION_NAMESPACE ? frontProxyOf(env) : undefined
    const isEnding = (): boolean => own.scope.host.namespacePhase() === 'terminating'
    const rootCertificates = (): string => ROOT_CA
    return namespaceControllers({ addressBook, readScale, rootCertificates, frontProxy, isEnding })
  }
  const address = new URL(API_ADDRESS)
  return clusterControllers({
    apiAddress: {
      clusterIP: API_CLUSTER_IP,
      serviceRange: SERVICE_CIDR,
      ip: advertisedIp(address.hostname),
      port: address.port === '' ? 443 : Number(address.port),
    },
    remoteDiscovery: remoteDiscovery(env, cluster),
    addressLedger: addressLedger(addresses),
    dependentNamespaces: dependentNamespaces(registrants, (name, uid, task) =>
      uncarry(scopeStub(env, cluster, name).tendDependents(uid, task)),
    ),
    definitionNames: own.scope.definitions,
    instances: instancesIn(registrants, (name, definition) =>
      name === ''
        ? own.deleteInstances(definition)
        : uncarry(scopeStub(env, cluster, name).deleteInstances(definition)),
    ),
    namespaceContent: {
      deleteAll: (name, uid, what) => uncarry(scopeStub(env, cluster, name).deleteContent(uid, what)),
    },
    logicalClusters: cluster === ROOT_CLUSTER ? logicalClusters(env) : undefined,
    version: gitVersion(BUILD),
  })
}

/**
 * A client for one of our actors: this scope in process, the others a hop away. Its writes do not ask anew whether the
 * namespace lives, as others' do: such an answer waits for the controllers' first run, which may be what is writing.
 */
export function actorClient(
  env: Env,
  { cluster, namespace }: ScopeName,
  scope: Scope,
  user: UserInfo,
  manager: string,
  commits: CommitQueue = scope.host.commits,
): Client {
  const host = { ...scope.host, commits, refreshNamespace: () => Promise.resolve() }
  const client = new LocalClient(host, user, manager)
  return new RemoteClient({
    user,
    stubOf: (other) => scopeStub(env, cluster, other),
    listAll: (...list) => listAllNamespaces(env, cluster, ...list),
    local: { namespace, client },
  })
}
