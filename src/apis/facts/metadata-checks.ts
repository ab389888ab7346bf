/**
 * Which checks of metadata a kind makes of an update, after those that all kinds have: its own validation begins with
 * them, and has some among its own errors (ObjectFacts.metadataAgain). Errors of metadata are told once for each.
 * Upstream: kubernetes/kubernetes pkg/apis, ValidateXUpdate (ValidateObjectMetaUpdate: `change`) and what it calls of
 * ValidateX (ValidateObjectMeta: `whole`); pkg/registry, ValidateUpdate of strategies.
 */
import type { MetadataCheck, OwnMetadataChecks } from '../../apimachinery/metadata-validation.ts'
import type { KindDefinition } from '../define-kind.ts'
import { storeResource } from '../define-kind.ts'

const USUAL: OwnMetadataChecks = { first: ['change'], later: [] }

type Checks = readonly MetadataCheck[]

/** By resource and subresource, where it is not the usual: checks before and among the kind's own errors. */
const CHECKS: readonly (readonly [first: Checks, later: Checks, resources: string])[] = [
  [
    [],
    [],
    'events cronjobs.batch/status flowschemas.flowcontrol.apiserver.k8s.io/status ' +
      'poddisruptionbudgets.policy poddisruptionbudgets.policy/status ' +
      'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io/status',
  ],
  [
    ['whole'],
    [],
    'csinodes.storage.k8s.io endpointslices.discovery.k8s.io flowschemas.flowcontrol.apiserver.k8s.io ' +
      'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io volumeattachments.storage.k8s.io ' +
      'volumeattachments.storage.k8s.io/status ' +
      'mutatingwebhookconfigurations.admissionregistration.k8s.io ' +
      'validatingwebhookconfigurations.admissionregistration.k8s.io',
  ],
  [['whole'], ['whole'], 'persistentvolumes'],
  [
    ['change', 'whole'],
    [],
    'controllerrevisions.apps endpoints ingresses.networking.k8s.io ' +
      'persistentvolumeclaims pods pods/ephemeralcontainers pods/resize serviceaccounts',
  ],
  [
    ['change'],
    ['whole'],
    'apiservices.apiregistration.k8s.io configmaps ingressclasses.networking.k8s.io secrets volumeattributesclasses.storage.k8s.io',
  ],
  [['whole', 'change'], [], 'deviceclasses.resource.k8s.io resourceclaims.resource.k8s.io'],
  [
    ['whole'],
    ['change'],
    'certificatesigningrequests.certificates.k8s.io certificatesigningrequests.certificates.k8s.io/approval ' +
      'certificatesigningrequests.certificates.k8s.io/status clusterrolebindings.rbac.authorization.k8s.io ' +
      'clusterroles.rbac.authorization.k8s.io csistoragecapacities.storage.k8s.io ipaddresses.networking.k8s.io ' +
      'jobs.batch namespaces nodes resourceclaimtemplates.resource.k8s.io rolebindings.rbac.authorization.k8s.io ' +
      'roles.rbac.authorization.k8s.io runtimeclasses.node.k8s.io storageclasses.storage.k8s.io',
  ],
  [[], ['change'], 'events.events.k8s.io resourceclaims.resource.k8s.io/status statefulsets.apps/status'],
]

const BY_ENDPOINT = new Map(
  CHECKS.flatMap(([first, later, resources]) =>
    resources.split(' ').map((resource) => [resource, { first, later }] as const)),
)

export function metadataChecksOf(definition: KindDefinition, subresource: string): OwnMetadataChecks {
  const resource = storeResource(definition)
  return BY_ENDPOINT.get(subresource === '' ? resource : `${resource}/${subresource}`) ?? USUAL
}
