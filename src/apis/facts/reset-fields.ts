/**
 * Which fields an endpoint leaves as they are whatever a write says, so that nobody comes to own them there: upstream's
 * GetResetFields of each endpoint (kubernetes/kubernetes pkg/registry); what a strategy says and its endpoint does not
 * pass on (pods/resize, pods/ephemeralcontainers) does not count. The object itself
 * leaves its status alone, and the status endpoint its spec; here is what does otherwise.
 */
import { setOf } from '../../apimachinery/apply/field-set.ts'
import type { ResetFields } from '../../apimachinery/apply/updater.ts'
import type { KindDefinition } from '../define-kind.ts'
import { storeResource } from '../define-kind.ts'

const NOTHING: ResetFields = {}
const STATUS = excluding(['status'])
const SPEC = excluding(['spec'])
const SPEC_AND_METADATA = excluding(['spec'], ['metadata'])
const CUSTOM_STATUS: ResetFields = { ...excluding(['status']), isOfOneVersion: true }

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
  // The status endpoint of custom resources leaves their metadata alone, too.
  const isCustom = definition.mergeNode !== undefined
  if (subresource === 'status') return isCustom ? SPEC_AND_METADATA : SPEC
  const hasStatus = subresource === '' && definition.subresources.some(({ name }) => name === 'status')
  return !hasStatus ? NOTHING : isCustom ? CUSTOM_STATUS : STATUS
}

function excluding(...paths: readonly (readonly string[])[]): ResetFields {
  return { excluded: setOf(...paths.map(pathOf)) }
}

function pathOf(fields: readonly string[]): string[] {
  return fields.map((field) => `f:${field}`)
}
