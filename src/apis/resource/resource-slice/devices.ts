/**
 * Validation of the devices in a ResourceSlice: attributes, capacities, counters, taints, and on which nodes they are.
 * Upstream: kubernetes/kubernetes pkg/apis/resource/validation/validation.go, validateDevice.
 */
import { childPath, invalid, required, tooLong, type FieldError } from '../../../apimachinery/field-path.ts'
import { byteLength, DNS1123_LABEL_MAX_LENGTH } from '../../../apimachinery/names.ts'
import { validateNodeSelector } from '../../core/pod/spec/affinity.ts'
import type { V1Counter, V1Device, V1DeviceAttribute, V1DeviceCounterConsumption } from '../../generated/types.ts'
import { internalForm } from '../../validation/internal-form.ts'
import { dnsLabel, dnsSubdomain, isEqual, requiredAnd } from '../../validation/rules.ts'
import { validateList, validateMap, validateSet } from '../lists.ts'
import { MAX_QUALIFIED_LENGTH, validateQualifiedName } from '../names.ts'
import { validateBindingConditions, validateTaint } from '../taints.ts'
import { validateCapacity } from './capacity.ts'

const MAX_PROPERTIES = 32
const MAX_ATTRIBUTES = 48
const MAX_VALUE_LENGTH = 64
const MAX_TAINTS = 16
const MAX_CONSUMPTIONS = 2
const MAX_COUNTERS = 32
const NUMBER = '(0|[1-9]\\d*)'
const PRE_RELEASE = '(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)'
const BUILD = '[0-9a-zA-Z-]+'
const VERSION = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(-${PRE_RELEASE}(\\.${PRE_RELEASE})*)?(\\+${BUILD}(\\.${BUILD})*)?$`,
)
const ONE_PLACE =
  'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true ' +
  'in the ResourceSlice spec'
const NO_PLACE =
  '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ' +
  'ResourceSlice spec'

function validateLength(value: string | undefined, at: string): FieldError[] {
  return byteLength(value ?? '') > MAX_VALUE_LENGTH ? [tooLong(at, MAX_VALUE_LENGTH)] : []
}

function validateAttribute(attribute: V1DeviceAttribute, at: string): FieldError[] {
  const { version } = attribute
  const versionAt = childPath(at, 'version')
  const said = (['bool', 'int', 'string', 'version'] as const).filter((name) => attribute[name] !== undefined)
  const isVersion = version === undefined || VERSION.test(version)
  const errors = [
    ...validateLength(attribute.string, childPath(at, 'string')),
    ...(isVersion ? [] : [invalid(versionAt, version, 'must be a string compatible with semver.org spec 2.0.0')]),
    ...validateLength(version, versionAt),
  ]
  if (said.length === 1) return errors
  const printed = said.length === 0 ? '' : internalForm('DeviceAttribute', attribute)
  return [...errors, invalid(at, printed, 'exactly one value must be specified')]
}

/** Counters are named, and any amount will do. */
export function validateCounters(counters: Readonly<Record<string, V1Counter>>, at: string): FieldError[] {
  if (Object.keys(counters).length === 0) return [required(at)]
  const checkKey = (key: string, mapAt: string): FieldError[] => dnsLabel(mapAt, key)
  return validateMap(counters, { maximum: MAX_COUNTERS, maxKeyLength: DNS1123_LABEL_MAX_LENGTH, checkKey }, at)
}

function validateConsumption({ counterSet, counters }: V1DeviceCounterConsumption, at: string): FieldError[] {
  return [
    ...requiredAnd(childPath(at, 'counterSet'), counterSet, dnsLabel),
    ...validateCounters(counters ?? {}, childPath(at, 'counters')),
  ]
}

/** Where each device is, if that is not said of the slice as a whole. */
function validatePlace(device: V1Device, isPerDevice: boolean, at: string): FieldError[] {
  const { nodeName, nodeSelector, allNodes } = device
  if (!isPerDevice) {
    const isPlaced = nodeName !== undefined || nodeSelector !== undefined || allNodes !== undefined
    return isPlaced ? [invalid(at, undefined, NO_PLACE)] : []
  }
  const errors: FieldError[] = []
  const nameAt = childPath(at, 'nodeName')
  if (nodeName === '') errors.push(invalid(nameAt, nodeName, 'must not be empty'))
  else if (nodeName !== undefined) errors.push(...dnsSubdomain(nameAt, nodeName))
  if (nodeSelector !== undefined) errors.push(...validateNodeSelector(nodeSelector, childPath(at, 'nodeSelector')))
  if (allNodes === false) errors.push(invalid(childPath(at, 'allNodes'), false, 'must be either unset or set to true'))
  const places = Object.entries({
    nodeName: nodeName !== undefined && nodeName !== '',
    nodeSelector: nodeSelector !== undefined,
    allNodes: allNodes === true,
  }).flatMap(([name, isSaid]) => (isSaid ? [`\`${name}\``] : []))
  if (places.length === 0) return [...errors, required(at, ONE_PLACE)]
  return places.length === 1 ? errors : [...errors, invalid(at, `{${places.join(', ')}}`, ONE_PLACE)]
}

function validateSize({ attributes = {}, capacity = {} }: V1Device, at: string): FieldError[] {
  const count = Object.keys(attributes).length
  const all = count + Object.keys(capacity).length
  const errors: FieldError[] = []
  if (all > MAX_PROPERTIES) {
    const why = `the total number of attributes and capacities must not exceed ${String(MAX_PROPERTIES)}`
    errors.push(invalid(at, all, why))
  }
  if (count > MAX_ATTRIBUTES) {
    const why = `the total number of attribute values must not exceed ${String(MAX_ATTRIBUTES)}`
    errors.push(invalid(at, count, why))
  }
  return errors
}

export function validateDevice(
  device: V1Device,
  previous: V1Device | undefined,
  isPerDevice: boolean,
  at: string,
): FieldError[] {
  const { attributes = {}, capacity = {}, taints = [], consumesCounters = [] } = device
  const isShared = device.allowMultipleAllocations === true
  const names = { maxKeyLength: MAX_QUALIFIED_LENGTH, checkKey: validateQualifiedName }
  const areTaintsKept = previous !== undefined && isEqual(taints, previous.taints)
  return [
    ...dnsLabel(childPath(at, 'name'), device.name),
    ...validateSize(device, at),
    ...validateMap(attributes, { ...names, check: validateAttribute }, childPath(at, 'attributes')),
    ...validateMap(
      capacity,
      { ...names, check: (one, oneAt) => validateCapacity(one, isShared, oneAt) },
      childPath(at, 'capacity'),
    ),
    ...(areTaintsKept ? [] : validateList(taints, MAX_TAINTS, validateTaint, childPath(at, 'taints'))),
    ...validateSet(
      consumesCounters,
      MAX_CONSUMPTIONS,
      validateConsumption,
      ({ counterSet }) => counterSet,
      childPath(at, 'consumesCounters'),
    ),
    ...validatePlace(device, isPerDevice, at),
    ...validateBindingConditions(device, at),
  ]
}
