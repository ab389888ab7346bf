/**
 * Validation of Node objects: taints, resources, and addresses of pods that may be set once.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateNode, ValidateNodeUpdate,
 * validateNodeTaints, ValidateNodeResources.
 */
import {
  childPath, duplicate, forbidden, indexPath, internalFieldError, invalid, quote, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { isDualStack, validateCidr } from '../../../apimachinery/ip-validation.ts'
import { parseIpPrefix } from '../../../lib/ip/ip-address.ts'
import { byteLength, isValidLabelValue } from '../../../apimachinery/names.ts'
import type { ObjectFacts } from '../../define-kind.ts'
import type { V1Node, V1Taint } from '../../generated/types.ts'
import { internalForm } from '../../validation/internal-form.ts'
import { qualifiedName } from '../../validation/rules.ts'
import { validateResourceQuantity } from '../pod/containers/resources.ts'
import { validateTaintEffect } from '../pod/spec/tolerations.ts'
import { validateNodeAnnotations } from './annotations.ts'

const CIDR_STAYS = 'node updates may not change podCIDR except from "" to valid'
const ID_STAYS = 'node updates may not change providerID except from "" to valid'
const NOT_DUAL = 'invalid PodCIDRs. failed to check with dual stack with error'
const MAX_FEATURE_LENGTH = 253
const FEATURE = /^[A-Z][a-zA-Z0-9]*(?:\/[a-zA-Z][a-zA-Z0-9]*)*$/

function validateTaintList(taints: readonly V1Taint[], field: string): FieldError[] {
  const seen = new Set<string>()
  return taints.flatMap((taint, index) => {
    const at = indexPath(field, index)
    const { key, value = '', effect } = taint
    const errors = qualifiedName(childPath(at, 'key'), key)
    const messages = isValidLabelValue(value)
    if (messages.length > 0) errors.push(invalid(childPath(at, 'value'), value, messages.join(';')))
    errors.push(...validateTaintEffect(childPath(at, 'effect'), effect))
    const id = `${key}:${effect}`
    if (seen.has(id)) {
      errors.push(duplicate(at, internalForm('Taint', taint), 'taints must be unique by key and effect pair'))
    }
    seen.add(id)
    return errors
  })
}

/** Upstream places taints in the metadata, where they once were. */
function validateTaints({ spec }: V1Node): FieldError[] {
  return validateTaintList(spec?.taints ?? [], 'metadata.taints')
}

/** Names of resources follow a dot here, not brackets. */
function validateResources({ status }: V1Node): FieldError[] {
  return (['capacity', 'allocatable'] as const).flatMap((list) =>
    Object.entries(status?.[list] ?? {}).flatMap(([name, quantity]) =>
      validateResourceQuantity(name, quantity, `status.${list}.${name}`),
    ),
  )
}

/** Upstream places it in the metadata, as the taints. */
function validateSwap({ status }: V1Node): FieldError[] {
  const capacity = status?.nodeInfo?.swap?.capacity
  if (capacity === undefined || capacity > 0) return []
  return [invalid('metadata.nodeSwapStatus.capacity', capacity, 'must be greater than zero')]
}

function validateFeatures({ status }: V1Node): FieldError[] {
  const features = status?.declaredFeatures ?? []
  return features.flatMap((feature, index) => {
    const at = indexPath('status.declaredFeatures', index)
    const name = `invalid feature name ${quote(feature)}`
    const errors: FieldError[] = []
    if (byteLength(feature) > MAX_FEATURE_LENGTH) {
      errors.push(invalid(at, feature, `${name}: must be no more than ${String(MAX_FEATURE_LENGTH)} characters`))
    } else if (!FEATURE.test(feature)) {
      const why =
        "must start with an UpperCamelCase segment, with subsequent segments separated by '/' " +
        '(e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes'
      errors.push(invalid(at, feature, `${name}: ${why}`))
    }
    const next = features[index + 1]
    const nextAt = indexPath('status.declaredFeatures', index + 1)
    if (next === feature) errors.push(duplicate(nextAt, next))
    else if (next !== undefined && feature > next) {
      errors.push(invalid(nextAt, next, 'list must be sorted alphabetically'))
    }
    return errors
  })
}

function validatePodRanges({ spec }: V1Node): FieldError[] {
  const ranges = spec?.podCIDRs ?? []
  const errors = ranges.flatMap((range, index) => validateCidr(indexPath('spec.podCIDRs', index), range))
  if (ranges.length < 2) return errors
  const unread = ranges.findIndex((range) => parseIpPrefix(range) === undefined)
  if (unread !== -1) {
    const why = `invalid CIDR[${String(unread)}]: <nil> (invalid CIDR address: ${ranges[unread] ?? ''})`
    errors.push(internalFieldError('spec.podCIDRs', `${NOT_DUAL}:${why}`))
  }
  const addresses = ranges.map((range) => range.split('/')[0] ?? '')
  if (unread === -1 && isDualStack(addresses) && ranges.length === 2) return errors
  return [...errors, invalid('spec.podCIDRs', ranges, 'may specify no more than one CIDR for each IP family')]
}

export function validateNode(node: V1Node): FieldError[] {
  return [
    ...validateNodeAnnotations(node, validateTaintList),
    ...validateTaints(node),
    ...validateResources(node),
    ...validateSwap(node),
    ...validateFeatures(node),
    ...validatePodRanges(node),
  ]
}

function validateAddresses({ status }: V1Node): FieldError[] {
  const seen = new Set<string>()
  return (status?.addresses ?? []).flatMap((address, index) => {
    const printed = internalForm('NodeAddress', address)
    const id = JSON.stringify(printed)
    const errors = seen.has(id) ? [duplicate(indexPath('status.addresses', index), printed)] : []
    seen.add(id)
    return errors
  })
}

/** Each range that is another one is told of. */
function validateSameRanges(ranges: readonly string[], before: readonly string[]): FieldError[] {
  const stays = forbidden('spec.podCIDRs', CIDR_STAYS)
  if (before.length === 0) return []
  if (ranges.length !== before.length) return [stays]
  return before.flatMap((range, index) => (range === ranges[index] ? [] : [stays]))
}

/** Of the status endpoint. A Node that is updated whole is judged before, so that it is told of some things twice. */
export function validateNodeStatusUpdate(next: V1Node, previous: V1Node): FieldError[] {
  const [id, idBefore] = [next.spec?.providerID ?? '', previous.spec?.providerID ?? '']
  return [
    ...validateNodeAnnotations(next, validateTaintList),
    ...validateResources(next),
    ...validateFeatures(next),
    ...validateAddresses(next),
    ...validateSameRanges(next.spec?.podCIDRs ?? [], previous.spec?.podCIDRs ?? []),
    ...(idBefore !== '' && id !== idBefore ? [forbidden('spec.providerID', ID_STAYS)] : []),
    ...validateTaints(next),
    ...((next.spec?.externalID ?? '') === (previous.spec?.externalID ?? '')
      ? []
      : [forbidden('spec.externalID', 'may not be updated')]),
  ]
}

export function validateNodeUpdate(next: V1Node, previous: V1Node, facts?: ObjectFacts): FieldError[] {
  return [...validateNode(next), ...(facts?.metadataAgain() ?? []), ...validateNodeStatusUpdate(next, previous)]
}
