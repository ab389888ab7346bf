/**
 * Validation of ResourceSlice objects: which pool of which driver, on which nodes.
 * Upstream: kubernetes/kubernetes pkg/apis/resource/validation/validation.go, validateResourceSliceSpec.
 */
import { childPath, invalid, required, type FieldError } from '../../../apimachinery/field-path.ts'
import { givenEmpty } from '../../../apimachinery/schema/given-empty.ts'
import { validateNodeSelector } from '../../core/pod/spec/affinity.ts'
import { validateDriverName } from '../../core/pod/volumes/sources.ts'
import type { V1CounterSet, V1ResourcePool, V1ResourceSlice, V1ResourceSliceSpec } from '../../generated/types.ts'
import { internalForm } from '../../validation/internal-form.ts'
import {
  dnsLabel, dnsSubdomain, immutable, immutableNamed, itemsOf, orUnset, requiredAnd,
} from '../../validation/rules.ts'
import { validateSet } from '../lists.ts'
import { validatePoolName } from '../names.ts'
import { validateCounters, validateDevice } from './devices.ts'

type Spec = Partial<V1ResourceSliceSpec>

const MAX_DEVICES = 128
/** With taints or shared counters. */
const MAX_ADVANCED_DEVICES = 64
const MAX_COUNTER_SETS = 8
const ONE_PLACE = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'

function validatePool(pool: Partial<V1ResourcePool>): FieldError[] {
  const { name = '', resourceSliceCount: count = 0, generation = 0 } = pool
  const at = 'spec.pool'
  const [countAt, generationAt] = [childPath(at, 'resourceSliceCount'), childPath(at, 'generation')]
  return [
    ...validatePoolName(name, childPath(at, 'name')),
    ...(count <= 0 ? [invalid(countAt, count, 'must be greater than zero')] : []),
    ...(generation < 0 ? [invalid(generationAt, generation, 'must be greater than or equal to zero')] : []),
  ]
}

function validatePlace({ nodeName, nodeSelector, allNodes, perDeviceNodeSelection }: Spec): FieldError[] {
  const errors: FieldError[] = []
  if (nodeName === '') {
    errors.push(invalid('spec.nodeName', nodeName, 'must be either unset or set to a non-empty string'))
  } else if (nodeName !== undefined) errors.push(...dnsSubdomain('spec.nodeName', nodeName))
  if (nodeSelector !== undefined) {
    errors.push(...validateNodeSelector(nodeSelector, 'spec.nodeSelector'))
    const terms = itemsOf(nodeSelector.nodeSelectorTerms)
    if (terms.length !== 1) {
      const printed = orUnset(nodeSelector.nodeSelectorTerms)?.map((term) => internalForm('NodeSelectorTerm', term))
      const why = 'must have exactly one node selector term'
      errors.push(invalid('spec.nodeSelector.nodeSelectorTerms', printed, why))
    }
  }
  for (const [name, value] of Object.entries({ allNodes, perDeviceNodeSelection })) {
    if (value === false) errors.push(invalid(`spec.${name}`, false, 'must be either unset or set to true'))
  }
  const places = Object.entries({
    nodeName: nodeName !== undefined && nodeName !== '',
    nodeSelector: nodeSelector !== undefined,
    allNodes: allNodes === true,
    perDeviceNodeSelection: perDeviceNodeSelection === true,
  }).flatMap(([name, isSaid]) => (isSaid ? [`\`${name}\``] : []))
  if (places.length === 0) return [...errors, required('spec', ONE_PLACE)]
  if (places.length === 1) return errors
  return [...errors, invalid('spec', `{${places.join(', ')}}`, `${ONE_PLACE}, but multiple fields are set`)]
}

function validateCounterSet({ name, counters }: V1CounterSet, at: string): FieldError[] {
  return [
    ...requiredAnd(childPath(at, 'name'), name, dnsLabel),
    ...validateCounters(counters ?? {}, childPath(at, 'counters')),
  ]
}

function validateSpec(spec: Spec, previous: Spec | undefined): FieldError[] {
  const { devices = [], sharedCounters = [], driver = '' } = spec
  const isAdvanced = devices.some(
    ({ taints = [], consumesCounters = [] }) => taints.length + consumesCounters.length > 0,
  )
  const old = new Map((previous?.devices ?? []).map((device) => [device.name, device]))
  const isSaid = (field: 'sharedCounters' | 'devices'): boolean => (spec[field] ?? givenEmpty(spec, field)) !== undefined
  const hasBoth = isSaid('sharedCounters') && isSaid('devices')
  return [
    ...validateDriverName('spec.driver', driver),
    ...validatePool(spec.pool ?? {}),
    ...(previous === undefined
      ? []
      : [
          ...immutable('spec.pool.name', spec.pool?.name, previous.pool?.name),
          ...immutable('spec.driver', driver, previous.driver ?? ''),
          ...immutableNamed('spec.nodeName', spec.nodeName, previous.nodeName),
        ]),
    ...validatePlace(spec),
    ...(hasBoth ? [invalid('spec', '', 'only one of `sharedCounters` or `devices` is allowed')] : []),
    ...validateSet(
      devices,
      isAdvanced ? MAX_ADVANCED_DEVICES : MAX_DEVICES,
      (device, at) => validateDevice(device, old.get(device.name), spec.perDeviceNodeSelection === true, at),
      ({ name }) => name,
      'spec.devices',
    ),
    ...validateSet(sharedCounters, MAX_COUNTER_SETS, validateCounterSet, ({ name }) => name, 'spec.sharedCounters'),
  ]
}

export function validateResourceSlice({ spec }: V1ResourceSlice): FieldError[] {
  return validateSpec(spec, undefined)
}

export function validateResourceSliceUpdate(next: V1ResourceSlice, previous: V1ResourceSlice): FieldError[] {
  return validateSpec(next.spec, previous.spec)
}
