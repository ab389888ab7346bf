/**
 * Validation of a claim's status: who has it reserved, which devices it got, and what drivers say of them.
 * Upstream: kubernetes/kubernetes pkg/apis/resource/validation/validation.go, validateResourceClaimStatusUpdate,
 * validateAllocationResult, validateDeviceStatus.
 */
import {
  childPath, forbidden, invalid, tooLong, tooMany, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { validateInterfaceAddress } from '../../../apimachinery/ip-validation.ts'
import { FIELD_IMMUTABLE_MESSAGE } from '../../../apimachinery/metadata-validation.ts'
import { byteLength } from '../../../apimachinery/names.ts'
import { validateNodeSelector } from '../../core/pod/spec/affinity.ts'
import { validateDriverName } from '../../core/pod/volumes/sources.ts'
import type {
  ResourceV1ResourceClaim, V1AllocatedDeviceStatus, V1AllocationResult, V1DeviceAllocationConfiguration,
  V1DeviceRequestAllocationResult, V1NetworkDeviceData, V1ResourceClaimConsumerReference, V1ResourceClaimStatus,
} from '../../generated/types.ts'
import { validateConditions } from '../../validation/conditions.ts'
import { internalForm } from '../../validation/internal-form.ts'
import { dnsLabel, isEqual, itemsOf, oneOf, requiredText } from '../../validation/rules.ts'
import { MAX_CONFIGURATIONS, validateConfiguration, validateRawObject } from '../configuration.ts'
import { requestNamesOf, validateReferences } from '../device-claim.ts'
import { validateList, validateSet } from '../lists.ts'
import { validatePoolName, validateRequestReference, validateShareId, type RequestNames } from '../names.ts'
import { validateBindingConditions } from '../taints.ts'

type Claim = ResourceV1ResourceClaim

const MAX_RESERVATIONS = 256
const MAX_RESULTS = 32
const MAX_CONDITIONS = 8
const MAX_ADDRESSES = 16
const MAX_INTERFACE_NAME = 256
const MAX_HARDWARE_ADDRESS = 128
const RESERVED_AT = 'status.reservedFor'

interface DeviceId {
  readonly Driver: string
  readonly Pool: string
  readonly Device: string
  readonly ShareID: string
}

type Named = Pick<V1AllocatedDeviceStatus, 'device' | 'driver' | 'pool' | 'shareID'>

/** As upstream prints it. */
export function deviceIdOf({ driver, pool, device, shareID = '' }: Named): DeviceId {
  return { Driver: driver, Pool: pool, Device: device, ShareID: shareID }
}

/** Of all devices that the claim has. */
export function allocatedIds(status: V1ResourceClaimStatus | undefined): ReadonlySet<string> {
  const results = status?.allocation?.devices?.results ?? []
  return new Set(results.map((result) => JSON.stringify(deviceIdOf(result))))
}

function validateConsumer(reference: V1ResourceClaimConsumerReference, at: string): FieldError[] {
  return (['resource', 'name', 'uid'] as const).flatMap((name) => requiredText(childPath(at, name), reference[name]))
}

function validateNamed(device: Named, at: string): FieldError[] {
  return [
    ...validateDriverName(childPath(at, 'driver'), device.driver),
    ...validatePoolName(device.pool, childPath(at, 'pool')),
    ...dnsLabel(childPath(at, 'device'), device.device),
  ]
}

function validateShare({ shareID }: Named, at: string): FieldError[] {
  return shareID === undefined ? [] : validateShareId(shareID, childPath(at, 'shareID'))
}

function validateNetwork({ interfaceName = '', hardwareAddress = '', ips = [] }: V1NetworkDeviceData, at: string) {
  const [nameAt, addressAt] = [childPath(at, 'interfaceName'), childPath(at, 'hardwareAddress')]
  return [
    ...(byteLength(interfaceName) > MAX_INTERFACE_NAME ? [tooLong(nameAt, MAX_INTERFACE_NAME)] : []),
    ...(byteLength(hardwareAddress) > MAX_HARDWARE_ADDRESS ? [tooLong(addressAt, MAX_HARDWARE_ADDRESS)] : []),
    ...validateSet(
      ips,
      MAX_ADDRESSES,
      (address, ipAt) => validateInterfaceAddress(ipAt, address),
      (address) => address,
      childPath(at, 'ips'),
    ),
  ]
}

function validateDevice(device: V1AllocatedDeviceStatus, allocated: ReadonlySet<string>, at: string): FieldError[] {
  const { data, networkData } = device
  const conditions = itemsOf(device.conditions)
  const [conditionsAt, id] = [childPath(at, 'conditions'), deviceIdOf(device)]
  const isAllocated = allocated.has(JSON.stringify(id))
  return [
    ...validateNamed(device, at),
    ...validateShare(device, at),
    ...(isAllocated ? [] : [invalid(at, id, 'must be an allocated device in the claim')]),
    ...(conditions.length > MAX_CONDITIONS ? [tooMany(conditionsAt, conditions.length, MAX_CONDITIONS)] : []),
    ...validateConditions(conditions, conditionsAt),
    ...(data === undefined ? [] : validateRawObject(data, false, childPath(at, 'data'))),
    ...(networkData === undefined ? [] : validateNetwork(networkData, childPath(at, 'networkData'))),
  ]
}

function validateResult(result: V1DeviceRequestAllocationResult, known: RequestNames, at: string): FieldError[] {
  return [
    ...validateRequestReference(result.request, known, childPath(at, 'request')),
    ...validateNamed(result, at),
    ...validateBindingConditions(result, at),
    ...validateShare(result, at),
  ]
}

function validateConfig(config: V1DeviceAllocationConfiguration, known: RequestNames, at: string): FieldError[] {
  return [
    ...oneOf(childPath(at, 'source'), config.source, ['FromClaim', 'FromClass']),
    ...validateReferences(config.requests ?? [], known, at),
    ...validateConfiguration(config, false, at),
  ]
}

function validateAllocation({ devices = {}, nodeSelector }: V1AllocationResult, known: RequestNames): FieldError[] {
  const at = 'status.allocation'
  const devicesAt = childPath(at, 'devices')
  return [
    ...validateList(
      devices.results ?? [],
      MAX_RESULTS,
      (result, resultAt) => validateResult(result, known, resultAt),
      childPath(devicesAt, 'results'),
    ),
    ...validateList(
      devices.config ?? [],
      // The claim's own and its class's.
      2 * MAX_CONFIGURATIONS,
      (config, configAt) => validateConfig(config, known, configAt),
      childPath(devicesAt, 'config'),
    ),
    ...(nodeSelector === undefined ? [] : validateNodeSelector(nodeSelector, childPath(at, 'nodeSelector'))),
  ]
}

/** A claim that is going away may be given up, not taken. */
function validateReservations(next: Claim, previous: Claim): FieldError[] {
  const reserved = next.status?.reservedFor ?? []
  if (reserved.length === 0) return []
  if (next.status?.allocation === undefined) {
    return [forbidden(RESERVED_AT, 'may not be specified when `allocated` is not set')]
  }
  if (next.metadata.deletionTimestamp === undefined) return []
  const before = previous.status?.reservedFor ?? []
  const isNew = reserved.some((one) => !before.some((other) => isEqual(one, other)))
  const why = 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set'
  return isNew ? [forbidden(RESERVED_AT, why)] : []
}

export function validateResourceClaimStatusUpdate(next: Claim, previous: Claim): FieldError[] {
  const { reservedFor = [], devices = [], allocation } = next.status ?? {}
  const allocated = allocatedIds(next.status)
  const before = previous.status?.allocation
  const errors = [
    ...validateSet(reservedFor, MAX_RESERVATIONS, validateConsumer, ({ uid }) => uid, RESERVED_AT),
    ...validateSet(
      devices,
      Infinity,
      (device, at) => validateDevice(device, allocated, at),
      deviceIdOf,
      'status.devices',
    ),
    ...validateReservations(next, previous),
  ]
  if (allocation === undefined) return errors
  if (before === undefined) {
    return [...errors, ...validateAllocation(allocation, requestNamesOf(next.spec.devices ?? {}))]
  }
  if (isEqual(allocation, before)) return errors
  const printed = internalForm('AllocationResult', allocation)
  return [...errors, invalid('status.allocation', printed, FIELD_IMMUTABLE_MESSAGE)]
}
