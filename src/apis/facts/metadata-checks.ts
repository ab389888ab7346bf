/**
 * Which checks of metadata a kind makes of an update, after those that all kinds have: its own validation begins with
 * them, or ends. Errors of metadata are told once for each.
 * Upstream: kubernetes/kubernetes pkg/apis, ValidateXUpdate (ValidateObjectMetaUpdate: `change`) and what it calls of
 * ValidateX (ValidateObjectMeta: `whole`); pkg/registry, ValidateUpdate of strategies.
 */
import type { MetadataCheck } from '../../apimachinery/metadata-validation.ts'
import type { KindDefinition } from '../define-kind.ts'
import { storeResource } from '../define-kind.ts'

const USUAL: readonly MetadataCheck[] = ['change']
const NONE: readonly MetadataCheck[] = []

/** By resource and subresource, where it is not the usual. */
const CHECKS: readonly (readonly [checks: readonly MetadataCheck[], resources: string])[] = [
  [NONE, 'events cronjobs.batch/status poddisruptionbudgets.policy poddisruptionbudgets.policy/status'],
  [
    ['whole'],
    'csinodes.storage.k8s.io endpointslices.discovery.k8s.io flowschemas.flowcontrol.apiserver.k8s.io ' +
      'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io volumeattachments.storage.k8s.io ' +
      'volumeattachments.storage.k8s.io/status',
  ],
  [['whole', 'whole'], 'persistentvolumes'],
  [
    ['change', 'whole'],
    'apiservices.apiregistration.k8s.io configmaps controllerrevisions.apps endpoints ' +
      'ingressclasses.networking.k8s.io ingresses.networking.k8s.io persistentvolumeclaims pods secrets serviceaccounts ' +
      'volumeattributesclasses.storage.k8s.io',
  ],
  [
    ['whole', 'change'],
    'certificatesigningrequests.certificates.k8s.io certificatesigningrequests.certificates.k8s.io/approval ' +
      'certificatesigningrequests.certificates.k8s.io/status clusterrolebindings.rbac.authorization.k8s.io ' +
      'clusterroles.rbac.authorization.k8s.io csistoragecapacities.storage.k8s.io deviceclasses.resource.k8s.io ' +
      'ipaddresses.networking.k8s.io jobs.batch namespaces nodes resourceclaims.resource.k8s.io ' +
      'resourceclaimtemplates.resource.k8s.io rolebindings.rbac.authorization.k8s.io ' +
      'roles.rbac.authorization.k8s.io runtimeclasses.node.k8s.io storageclasses.storage.k8s.io',
  ],
]

const BY_ENDPOINT = new Map(
  CHECKS.flatMap(([checks, resources]) => resources.split(' ').map((resource) => [resource, checks] as const)),
)

export function metadataChecksOf(definition: KindDefinition, subresource: string): readonly MetadataCheck[] {
  const resource = storeResource(definition)
  return BY_ENDPOINT.get(subresource === '' ? resource : `${resource}/${subresource}`) ?? USUAL
}
