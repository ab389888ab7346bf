/**
 * Which fields an endpoint leaves as they are whatever a write says, so that nobody comes to own them there: upstream's
 * GetResetFields of each endpoint (kubernetes/kubernetes pkg/registry); what a strategy says and its endpoint does not
 * pass on (pods/resize, pods/ephemeralcontainers) does not count. The object itself
 * leaves its status alone, and the status endpoint its spec; here is what does otherwise.
 */
import { setOf } from '../../apimachinery/apply/field-set.ts'
import type { ResetFields } from '../../apimachinery/apply/updater.ts'
import { parseGroupVersion } from '../../apimachinery/meta.ts'
import type { CustomType, KindDefinition } from '../define-kind.ts'
import { storeResource } from '../define-kind.ts'

const NOTHING: ResetFields = {}
const STATUS = excluding(['status'])
const SPEC = excluding(['spec'])
const SPEC_AND_METADATA = excluding(['spec'], ['metadata'])
/** Each version of a custom resource says for itself what it leaves alone, and the object knows its own only. */
const CUSTOM_STATUS: ResetFields = { ...excluding(['status']), isLeftIn: () => false }

/** By resource and subresource. */
const RESET_FIELDS: Readonly<Record<string, ResetFields>> = {
  'apiservices.apiregistration.k8s.io/status': SPEC_AND_METADATA,
  'certificatesigningrequests.certificates.k8s.io': excluding(['spec'], ['status']),
  'certificatesigningrequests.certificates.k8s.io/approval': excluding(['spec'], ['status', 'certificate']),
  'certificatesigningrequests.certificates.k8s.io/status': excluding(['spec'], ['status', 'conditions']),
  'deployments.apps/status': excluding(['spec'], ['metadata', 'labels']),
  'flowschemas.flowcontrol.apiserver.k8s.io/status': SPEC_AND_METADATA,
  'namespaces/finalize': STATUS,
  'pods/status': excluding(['spec'], ['metadata', 'deletionTimestamp'], ['metadata', 'ownerReferences']),
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io/status': SPEC_AND_METADATA,
  'resourceclaims.resource.k8s.io/status': SPEC_AND_METADATA,
  'servicecidrs.networking.k8s.io/status': SPEC_AND_METADATA,
  'validatingadmissionpolicies.admissionregistration.k8s.io/status': SPEC_AND_METADATA,
  'volumeattachments.storage.k8s.io/status': SPEC_AND_METADATA,
}

export function resetFieldsOf(definition: KindDefinition, subresource: string): ResetFields {
  const own = RESET_FIELDS[storeResource(definition) + (subresource === '' ? '' : `/${subresource}`)]
  if (own !== undefined) return own
  const { custom } = definition
  if (subresource === 'status') return custom === undefined ? SPEC : statusOf(custom)
  if (subresource !== '' || !hasStatus(definition)) return NOTHING
  return custom === undefined ? STATUS : CUSTOM_STATUS
}

/** The status endpoint of custom resources leaves their metadata alone, too: that of every version that has one. */
function statusOf(custom: CustomType): ResetFields {
  const isLeftIn = (apiVersion: string): boolean => {
    const there = custom.inVersion(parseGroupVersion(apiVersion)?.version ?? '')
    return there !== undefined && hasStatus(there)
  }
  return { ...SPEC_AND_METADATA, isLeftIn }
}

function hasStatus({ subresources }: KindDefinition): boolean {
  return subresources.some(({ name }) => name === 'status')
}

function excluding(...paths: readonly (readonly string[])[]): ResetFields {
  return { excluded: setOf(...paths.map(pathOf)) }
}

function pathOf(fields: readonly string[]): string[] {
  return fields.map((field) => `f:${field}`)
}
