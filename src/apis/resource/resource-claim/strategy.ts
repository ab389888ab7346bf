/**
 * How ResourceClaim objects behave on writes, beyond their schema: what was asked for stays, and what drivers say of
 * devices goes with the devices.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/resource/resourceclaim/strategy.go.
 */
import { invalid } from '../../../apimachinery/field-path.ts'
import { FIELD_IMMUTABLE_MESSAGE } from '../../../apimachinery/metadata-validation.ts'
import type { Strategy } from '../../define-kind.ts'
import type { ResourceV1ResourceClaim } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { internalForm } from '../../validation/internal-form.ts'
import { isEqual } from '../../validation/rules.ts'
import { validateAdminAccess, validateAdminStatus } from '../admin-access.ts'
import { validateDeviceClaim } from '../device-claim.ts'
import { validateStatusRights } from './status-rights.ts'
import { allocatedIds, deviceIdOf, validateResourceClaimStatusUpdate } from './status-validation.ts'

const base = specAndStatusStrategy<ResourceV1ResourceClaim>('ResourceV1ResourceClaim', {
  allowsUnconditionalUpdate: true,
  keepsMetadata: true,
})

function dropStatusOfGoneDevices(next: ResourceV1ResourceClaim, previous: ResourceV1ResourceClaim): void {
  const { status } = next
  if (status?.devices === undefined) return
  const [now, before] = [allocatedIds(status), allocatedIds(previous.status)]
  const kept = status.devices.filter((device) => {
    const id = JSON.stringify(deviceIdOf(device))
    return now.has(id) || !before.has(id)
  })
  if (kept.length > 0) status.devices = kept
  else delete status.devices
}

export const resourceClaimStrategy: Strategy<ResourceV1ResourceClaim> = {
  ...base,
  validate: ({ spec: { devices = {} } }, facts) => [
    ...validateAdminAccess(devices, facts),
    ...validateDeviceClaim(devices, 'spec.devices'),
  ],
  validateUpdate(next, previous) {
    if (isEqual(next.spec, previous.spec)) return []
    return [invalid('spec', internalForm('ResourceClaimSpec', next.spec), FIELD_IMMUTABLE_MESSAGE)]
  },
  status: {
    prepareForUpdate(next, previous, context) {
      base.status?.prepareForUpdate?.(next, previous, context)
      dropStatusOfGoneDevices(next, previous)
    },
    validateUpdate: (next, previous, facts) => [
      ...validateAdminStatus(next.status, previous.status, facts),
      ...validateStatusRights(next, previous, facts),
      ...(facts?.metadataAgain() ?? []),
      ...validateResourceClaimStatusUpdate(next, previous),
    ],
  },
}
