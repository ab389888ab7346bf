/**
 * THE list of controllers, sorted by name. What they need of the world comes in as ports: the composition root fills
 * them in, and knows which object runs which scope.
 */
import type { Controller } from '../reconcile/define-controller.ts'
import { KINDS } from '../apis/kinds.ts'
import type { DefinitionsOfGroup, RemoteDiscovery } from './api/api-services/api-services.ts'
import { apiServiceAvailability, apiServiceRegistration } from './api/api-services/api-services.ts'
import { bootstrapController } from './bootstrap/bootstrap.ts'
import type { FrontProxy } from './bootstrap/cluster-authentication.ts'
import { clusterAuthenticationController } from './bootstrap/cluster-authentication.ts'
import type { ApiAddress } from './bootstrap/objects.ts'
import type { LogicalClusters } from './cluster/cluster.ts'
import { clusterController } from './cluster/cluster.ts'
import { cleanupController } from './custom-resource-definition/cleanup.ts'
import type { GroupNames } from './custom-resource-definition/definition.ts'
import { definitionController } from './custom-resource-definition/definition.ts'
import type { Instances } from './custom-resource-definition/instances.ts'
import { clusterRoleAggregationController } from './bootstrap/cluster-role-aggregation.ts'
import { deploymentController } from './deployment/deployment.ts'
import { disruptionController } from './disruption/disruption.ts'
import type { ReadScale } from './disruption/scales.ts'
import { staleDisruptionController } from './disruption/stale-target.ts'
import { endpointSliceController } from './endpoint-slice/endpoint-slice.ts'
import { endpointSliceMirroringController } from './endpoint-slice-mirroring/endpoint-slice-mirroring.ts'
import { endpointsController } from './endpoints/endpoints.ts'
import { flowControlDefaultsController, flowSchemaStatusController } from './api/flow-control/flow-control.ts'
import type { DependentNamespaces } from './garbage-collector/dependent-namespaces.ts'
import { garbageCollector } from './garbage-collector/garbage-collector.ts'
import { jobController } from './job/job.ts'
import { ttlAfterFinishedController } from './job/ttl-after-finished.ts'
import type { NamespaceContent } from './namespace/namespace.ts'
import { namespaceController } from './namespace/namespace.ts'
import { nodeController, podCidrController } from './node/node.ts'
import { podGarbageCollector } from './node/orphaned-pods.ts'
import { taintEvictionController } from './node/taint-eviction.ts'
import { replicaSetController } from './replica-set/replica-set.ts'
import type { AddressBook, AddressLedger } from './service-addresses/service-addresses.ts'
import { addressRepairController, serviceAddressController } from './service-addresses/service-addresses.ts'
import { rootCaController } from './namespace/root-ca.ts'
import { serviceAccountController } from './namespace/service-account.ts'

export interface ControllerPorts {
  readonly apiAddress: ApiAddress
  /** Servers of other APIs. */
  readonly remoteDiscovery: RemoteDiscovery
  readonly dependentNamespaces: DependentNamespaces
  readonly addressBook: AddressBook
  readonly addressLedger: AddressLedger
  readonly readScale: ReadScale
  readonly namespaceContent: NamespaceContent
  /** What definitions of custom resources have claimed, and how their instances are reached. */
  readonly definitionNames: GroupNames & DefinitionsOfGroup
  readonly instances: Instances
  /** The other logical clusters; only the root cluster has them. */
  readonly logicalClusters: LogicalClusters | undefined
  /** The API's certificate authority as PEM; '' where its certificate is a public one. */
  rootCertificates(): string
  /** For the namespace that tells servers of other APIs; undefined: for no other, and where no certificate is shown. */
  readonly frontProxy?: FrontProxy | undefined
  /** The namespace takes no creates any more. */
  isEnding(): boolean
  /** What the platform's own nodes say they run. */
  readonly version: string
}

type NamespacePorts = Pick<
  ControllerPorts,
  'addressBook' | 'readScale' | 'rootCertificates' | 'frontProxy' | 'isEnding'
>

/** Those that run in the cluster-scope object. */
export function clusterControllers(ports: Omit<ControllerPorts, keyof NamespacePorts>): readonly Controller[] {
  return [
    addressRepairController(ports.addressLedger),
    apiServiceAvailability(ports.remoteDiscovery),
    apiServiceRegistration(KINDS, ports.definitionNames),
    bootstrapController(ports.apiAddress),
    ...(ports.logicalClusters === undefined ? [] : [clusterController(ports.logicalClusters)]),
    clusterRoleAggregationController,
    cleanupController(ports.instances),
    definitionController(ports.definitionNames),
    flowControlDefaultsController,
    flowSchemaStatusController,
    garbageCollector('cluster', ports.dependentNamespaces),
    namespaceController(ports.namespaceContent),
    nodeController(ports.version),
    podCidrController,
    podGarbageCollector,
    taintEvictionController,
  ]
}

/** Those that run in each namespace's object. */
export function namespaceControllers(ports: NamespacePorts): readonly Controller[] {
  return [
    ...(ports.frontProxy === undefined ? [] : [clusterAuthenticationController(ports.frontProxy)]),
    deploymentController,
    disruptionController(ports.readScale),
    endpointSliceController,
    endpointSliceMirroringController,
    endpointsController,
    garbageCollector('namespace'),
    jobController,
    replicaSetController,
    rootCaController(() => ports.rootCertificates(), () => ports.isEnding()),
    serviceAccountController(() => ports.isEnding()),
    serviceAddressController(ports.addressBook),
    staleDisruptionController,
    ttlAfterFinishedController,
  ]
}
