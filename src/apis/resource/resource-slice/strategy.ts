/**
 * How ResourceSlice objects behave on writes, beyond their schema. A taint says since when it is there.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/resource/resourceslice/strategy.go; pkg/apis/resource/v1/defaults.go,
 * SetDefaults_DeviceTaint.
 */
import { quote } from '../../../apimachinery/field-path.ts'
import { formatTime } from '../../../apimachinery/meta.ts'
import { hasDropped } from '../../../apimachinery/schema/given-empty.ts'
import { successor } from '../../../lib/exact-json.ts'
import type { HookContext, Strategy } from '../../define-kind.ts'
import type { V1ResourceSlice } from '../../generated/types.ts'
import { validateResourceSlice, validateResourceSliceUpdate } from './validation.ts'

function dateTaints({ spec }: V1ResourceSlice, { nowMs }: HookContext): void {
  for (const { taints = [] } of spec.devices ?? []) for (const taint of taints) taint.timeAdded ??= formatTime(nowMs)
}

export const resourceSliceStrategy: Strategy<V1ResourceSlice> = {
  allowsUnconditionalUpdate: true,
  countsGenerations: true,
  prepareForCreate: dateTaints,
  validate: validateResourceSlice,
  prepareForUpdate(next, previous, context) {
    // Fields whose feature is off count here before they are dropped; all else is counted by the registry.
    if (hasDropped(next.spec)) next.metadata.generation = successor(previous.metadata.generation ?? 0)
    dateTaints(next, context)
  },
  validateUpdate: validateResourceSliceUpdate,
  warnings({ spec: { driver } }) {
    if (driver === driver.toLowerCase()) return []
    return [`spec.driver: driver names should be lowercase; ${quote(driver)} contains uppercase characters`]
  },
}
