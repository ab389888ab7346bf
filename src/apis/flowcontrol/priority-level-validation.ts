/**
 * Validation of PriorityLevelConfiguration: exempt or limited, by how much, and what becomes of the rest. Pure.
 * Upstream: kubernetes/kubernetes pkg/apis/flowcontrol/validation/validation.go.
 */
import {
  childPath, forbidden, invalid, notSupported, ofNamedType, required, type FieldError,
} from '../../apimachinery/field-path.ts'
import type {
  V1LimitResponse,
  V1LimitedPriorityLevelConfiguration,
  V1PriorityLevelConfiguration,
  V1PriorityLevelConfigurationSpec,
  V1QueuingConfiguration,
} from '../generated/types.ts'
import { internalForm } from '../validation/internal-form.ts'
import { isEqual } from '../validation/rules.ts'
import { EXEMPT, mandatoryLevels } from './bootstrap-objects.ts'
import { validateConditions } from './flow-schema-validation.ts'

const ZERO_SHARES_ANNOTATION = 'flowcontrol.k8s.io/preserve-zero-concurrency-shares'
const MAX_QUEUES = 10_000_000

/** What a hash value gives to shuffle with (k8s.io/apiserver pkg/util/shufflesharding). */
const MAX_HASH_BITS = 60

export function validatePriorityLevel(next: V1PriorityLevelConfiguration): FieldError[] {
  const { name = '', annotations } = next.metadata
  const spec: V1PriorityLevelConfigurationSpec = next.spec ?? { type: '' }
  const errors: FieldError[] = []
  if (annotations?.[ZERO_SHARES_ANNOTATION] !== undefined) {
    errors.push(forbidden('metadata.annotations', `annotation '${ZERO_SHARES_ANNOTATION}' is forbidden`))
  }
  return [
    ...errors,
    ...validateSpec(name, spec),
    ...validateFixed(name, spec),
    ...validateConditions(next.status?.conditions),
  ]
}

/** Of the exempt level people may change the shares, and nothing else of these. */
function validateFixed(name: string, spec: V1PriorityLevelConfigurationSpec): FieldError[] {
  const fixed = mandatoryLevels().find(({ metadata }) => metadata.name === name)?.spec
  if (fixed === undefined) return []
  const compared = name === EXEMPT ? { ...spec, exempt: fixed.exempt } : spec
  if (isEqual(compared, fixed)) return []
  const but = name === EXEMPT ? " except the 'spec.exempt' field" : ''
  const printed = internalForm('PriorityLevelConfigurationSpec', spec)
  return [invalid('spec', printed, `spec of '${name}'${but} must equal the fixed value`)]
}

function validateSpec(name: string, { type, limited, exempt }: V1PriorityLevelConfigurationSpec): FieldError[] {
  const errors: FieldError[] = []
  if ((name === EXEMPT) !== (type === 'Exempt')) {
    errors.push(invalid('spec.type', ofNamedType(type), "must be 'Exempt' if and only if `name` is 'exempt'"))
  }
  switch (type) {
    case 'Exempt':
      if (limited !== undefined) errors.push(forbidden('spec.limited', 'must be nil if the type is not Limited'))
      if (exempt === undefined) return errors
      return [
        ...errors,
        ...validateShares(exempt.nominalConcurrencyShares, 'spec.exempt'),
        ...validateLendable(exempt.lendablePercent, 'spec.exempt'),
      ]
    case 'Limited':
      if (exempt !== undefined) errors.push(forbidden('spec.exempt', 'must be nil if the type is Limited'))
      if (limited === undefined) return [...errors, required('spec.limited', 'must not be empty when type is Limited')]
      return [...errors, ...validateLimited(limited, 'spec.limited')]
    default:
      return [...errors, notSupported('spec.type', type, ['Exempt', 'Limited'])]
  }
}

function validateShares(shares: number | undefined, at: string): FieldError[] {
  if (shares === undefined || shares >= 0) return []
  return [invalid(childPath(at, 'nominalConcurrencyShares'), shares, 'must be a non-negative integer')]
}

function validateLendable(percent: number | undefined, at: string): FieldError[] {
  if (percent === undefined || (percent >= 0 && percent <= 100)) return []
  return [invalid(childPath(at, 'lendablePercent'), percent, 'must be between 0 and 100, inclusive')]
}

function validateLimited(limited: V1LimitedPriorityLevelConfiguration, at: string): FieldError[] {
  const { borrowingLimitPercent: borrowing, limitResponse = { type: '' } } = limited
  const why = 'if specified, must be a non-negative integer'
  return [
    ...validateShares(limited.nominalConcurrencyShares, at),
    ...validateResponse(limitResponse, childPath(at, 'limitResponse')),
    ...validateLendable(limited.lendablePercent, at),
    ...(borrowing === undefined || borrowing >= 0
      ? []
      : [invalid(childPath(at, 'borrowingLimitPercent'), borrowing, why)]),
  ]
}

function validateResponse({ type, queuing }: V1LimitResponse, at: string): FieldError[] {
  const queuingAt = childPath(at, 'queuing')
  switch (type) {
    case 'Reject':
      if (queuing === undefined) return []
      return [forbidden(queuingAt, 'must be nil if limited.limitResponse.type is not Limited')]
    case 'Queue':
      if (queuing === undefined) {
        return [required(queuingAt, 'must not be empty if limited.limitResponse.type is Limited')]
      }
      return validateQueuing(queuing, queuingAt)
    default:
      return [notSupported(childPath(at, 'type'), type, ['Queue', 'Reject'])]
  }
}

function validateQueuing({ queues = 0, handSize = 0, queueLengthLimit = 0 }: V1QueuingConfiguration, at: string) {
  const errors: FieldError[] = []
  if (queueLengthLimit <= 0) {
    errors.push(invalid(childPath(at, 'queueLengthLimit'), queueLengthLimit, 'must be positive'))
  }
  const queuesAt = childPath(at, 'queues')
  if (queues <= 0) errors.push(invalid(queuesAt, queues, 'must be positive'))
  else if (queues > MAX_QUEUES) errors.push(invalid(queuesAt, queues, `must not be greater than ${String(MAX_QUEUES)}`))
  const fault = handFault(queues, handSize)
  if (fault !== undefined) errors.push(invalid(childPath(at, 'handSize'), handSize, fault))
  return errors
}

function handFault(queues: number, handSize: number): string | undefined {
  if (handSize <= 0) return 'must be positive'
  if (handSize > queues) return `should not be greater than queues (${String(queues)})`
  if (Math.ceil(Math.log2(queues) * handSize) <= MAX_HASH_BITS) return undefined
  const what = `required entropy bits of deckSize ${String(queues)} and handSize ${String(handSize)}`
  return `${what} should not be greater than ${String(MAX_HASH_BITS)}`
}
