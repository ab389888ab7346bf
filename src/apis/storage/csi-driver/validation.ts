/**
 * Validation of CSIDriver objects. Upstream: kubernetes/kubernetes pkg/apis/storage/validation/validation.go,
 * validateCSIDriverSpec, ValidateCSIDriverUpdate.
 */
import {
  childPath, duplicate, indexPath, invalid, notSupported, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import type { StorageV1TokenRequest, V1CSIDriver, V1CSIDriverSpec } from '../../generated/types.ts'
import { immutable, supportedIfSet } from '../../validation/rules.ts'
import { repeats } from '../../validation/repeats.ts'

const GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType']
const LIFECYCLE_MODES = ['Persistent', 'Ephemeral']
const MIN_UPDATE_SECONDS = 10
const MIN_TOKEN_SECONDS = 600
const MAX_TOKEN_SECONDS = 2 ** 32
/** Upstream's paths call this field differently. */
const ATTACH_AT = 'spec.attachedRequired'

function validateTokenRequests(requests: readonly StorageV1TokenRequest[]): FieldError[] {
  const isRepeat = repeats()
  return requests.flatMap(({ audience, expirationSeconds: seconds }, index) => {
    const at = indexPath('spec.tokenRequests', index)
    const secondsAt = childPath(at, 'expirationSeconds')
    if (isRepeat(audience)) return [duplicate(childPath(at, 'audience'), audience)]
    if (seconds === undefined) return []
    if (seconds < MIN_TOKEN_SECONDS) {
      return [invalid(secondsAt, seconds, 'may not specify a duration less than 10 minutes')]
    }
    if (seconds <= MAX_TOKEN_SECONDS) return []
    return [invalid(secondsAt, seconds, 'may not specify a duration larger than 2^32 seconds')]
  })
}

export function validateCsiDriver({ spec }: V1CSIDriver): FieldError[] {
  const { tokenRequests = [], volumeLifecycleModes = [], serviceAccountTokenInSecrets: isInSecrets } = spec
  const seconds = spec.nodeAllocatableUpdatePeriodSeconds
  const [secondsAt, secretsAt] = ['spec.nodeAllocatableUpdatePeriodSeconds', 'spec.serviceAccountTokenInSecrets']
  const unset = (field: keyof V1CSIDriverSpec, at: string): FieldError[] =>
    spec[field] === undefined ? [required(at)] : []
  const errors = [
    ...unset('attachRequired', ATTACH_AT),
    ...unset('podInfoOnMount', 'spec.podInfoOnMount'),
    ...unset('storageCapacity', 'spec.storageCapacity'),
    ...supportedIfSet('spec.fsGroupPolicy', spec.fsGroupPolicy, GROUP_POLICIES),
    ...validateTokenRequests(tokenRequests),
    ...volumeLifecycleModes.flatMap((mode) =>
      LIFECYCLE_MODES.includes(mode) ? [] : [notSupported('spec.volumeLifecycleModes', mode, LIFECYCLE_MODES)],
    ),
    ...unset('seLinuxMount', 'spec.seLinuxMount'),
  ]
  if (seconds !== undefined && seconds < MIN_UPDATE_SECONDS) {
    errors.push(invalid(secondsAt, seconds, 'must be greater than or equal to 10 seconds'))
  }
  if (isInSecrets !== undefined && tokenRequests.length === 0) {
    const why = 'serviceAccountTokenInSecrets is set but no tokenRequests are specified'
    errors.push(invalid(secretsAt, isInSecrets, why))
  }
  return errors
}

export function validateCsiDriverUpdate(next: V1CSIDriver, previous: V1CSIDriver): FieldError[] {
  const [spec, before] = [next.spec, previous.spec]
  return [
    ...validateCsiDriver(next),
    ...immutable(ATTACH_AT, spec.attachRequired, before.attachRequired),
    ...immutable('spec.volumeLifecycleModes', spec.volumeLifecycleModes, before.volumeLifecycleModes),
  ]
}
