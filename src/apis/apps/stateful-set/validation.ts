/**
 * Validation of StatefulSet objects. What a template says of volumes is judged with the claims' volumes in it, as the
 * controller will put them there.
 * Upstream: kubernetes/kubernetes pkg/apis/apps/validation/validation.go, ValidateStatefulSetSpec,
 * ValidateStatefulSetUpdate, ValidateStatefulSetStatus.
 */
import {
  childPath, forbidden, indexPath, invalid, notSupported, ofNamedType, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import {
  selectorMatches,
  validateKeptRunning,
  validatePodTemplate,
  validateSelected,
  validateTemplateMetadata,
} from '../../core/pod/spec/template.ts'
import { validateClaimSpec } from '../../core/volume/claim-spec.ts'
import type { ObjectFacts } from '../../define-kind.ts'
import type { V1PodTemplateSpec, V1StatefulSet, V1StatefulSetSpec, V1Volume } from '../../generated/types.ts'
import { internalForm } from '../../validation/internal-form.ts'
import {
  dnsLabel, isEmptySelector, isEqual, notNegative, printedSelector, unlessEmpty, validateLabelSelector,
} from '../../validation/rules.ts'
import { saidSelector, validateCounts, validateNotDecremented } from '../replica-set/validation.ts'

type Spec = Partial<V1StatefulSetSpec>

/** What is not looked at again once it is stored, because it cannot change or was wrong already. */
interface Leniency {
  readonly skipsClaims?: boolean
  readonly skipsServiceName?: boolean
  readonly skipsTemplate?: boolean
  /** Before an update. */
  readonly old?: V1PodTemplateSpec | undefined
}

/** What an update may change. */
const MUTABLE = [
  'replicas',
  'template',
  'updateStrategy',
  'minReadySeconds',
  'ordinals',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
] as const
const IMMUTABLE_MESSAGE =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', " +
  "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"

function validateManagementPolicy(policy: string | undefined): FieldError[] {
  if ((policy ?? '') === '') return [required('spec.podManagementPolicy')]
  if (policy === 'OrderedReady' || policy === 'Parallel') return []
  return [invalid('spec.podManagementPolicy', ofNamedType(policy ?? ''), "must be 'OrderedReady' or 'Parallel'")]
}

function validateUpdateStrategy(strategy: NonNullable<Spec['updateStrategy']>): FieldError[] {
  const { type = '', rollingUpdate } = strategy
  const at = 'spec.updateStrategy'
  const rollingAt = childPath(at, 'rollingUpdate')
  if (type === '') return [required(at)]
  if (type === 'RollingUpdate') return notNegative(childPath(rollingAt, 'partition'), rollingUpdate?.partition)
  if (type === 'OnDelete') {
    if (rollingUpdate === undefined) return []
    const printed = internalForm('RollingUpdateStatefulSetStrategy', rollingUpdate)
    return [invalid(rollingAt, printed, "only allowed for updateStrategy 'RollingUpdate'")]
  }
  return [
    invalid(at, internalForm('StatefulSetUpdateStrategy', strategy), "must be 'RollingUpdate' or 'OnDelete'"),
  ]
}

function validateRetention(policy: Spec['persistentVolumeClaimRetentionPolicy']): FieldError[] {
  if (policy === undefined) return []
  return (['whenDeleted', 'whenScaled'] as const).flatMap((when) => {
    const value = policy[when] ?? ''
    if (value === 'Retain' || value === 'Delete') return []
    return [notSupported(`spec.persistentVolumeClaimRetentionPolicy.${when}`, value, ['Retain', 'Delete'])]
  })
}

/** The template as the controller fills it in: it gives pods their names, and the claims their volumes. */
function filledTemplate({ template, volumeClaimTemplates: claims = [] }: Spec): V1PodTemplateSpec | undefined {
  if (template?.spec === undefined) return template
  const { hostname: _hostname, subdomain: _subdomain, volumes = [], ...rest } = template.spec
  const names = new Set(claims.map(({ metadata }) => metadata?.name ?? ''))
  const ofClaims: V1Volume[] = [...names].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }))
  const all = [...ofClaims, ...volumes.filter(({ name }) => !names.has(name))]
  return { ...template, spec: { ...rest, ...(all.length > 0 ? { volumes: all } : {}) } }
}

function validateTemplate(spec: Spec, { skipsTemplate = false, old }: Leniency): FieldError[] {
  const selector = saidSelector(spec)
  const at = 'spec.template'
  if (selectorMatches(selector, {}) === undefined) {
    return [invalid('spec.selector', printedSelector(selector), '')]
  }
  const template = filledTemplate(spec)
  return [
    ...validateSelected(template, selector, at),
    ...(skipsTemplate ? [] : validatePodTemplate(template, at, old)),
    // Once more: upstream's own list of causes has them twice.
    ...validateTemplateMetadata(template, at),
  ]
}

function validateSelector(spec: Spec): FieldError[] {
  const selector = saidSelector(spec)
  if (selector === undefined) return [required('spec.selector')]
  const errors = validateLabelSelector(selector, 'spec.selector')
  if (!isEmptySelector(selector)) return errors
  return [...errors, invalid('spec.selector', selector, 'empty selector is invalid for statefulset')]
}

function validateSpec(spec: Spec, leniency: Leniency): FieldError[] {
  const claims = leniency.skipsClaims === true ? [] : (spec.volumeClaimTemplates ?? [])
  const serviceName = leniency.skipsServiceName === true ? '' : spec.serviceName
  return [
    ...validateManagementPolicy(spec.podManagementPolicy),
    ...validateUpdateStrategy(spec.updateStrategy ?? {}),
    ...validateRetention(spec.persistentVolumeClaimRetentionPolicy),
    ...claims.flatMap((claim, index) =>
      validateClaimSpec(claim.spec ?? {}, childPath(indexPath('spec.volumeClaimTemplates', index), 'spec')),
    ),
    ...notNegative('spec.replicas', spec.replicas),
    ...notNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...notNegative('spec.ordinals.start', spec.ordinals?.start),
    ...unlessEmpty('spec.serviceName', serviceName, dnsLabel),
    ...validateSelector(spec),
    ...validateTemplate(spec, leniency),
    ...validateKeptRunning(spec.template, 'StatefulSet', 'spec.template'),
  ]
}

export function validateStatefulSet({ spec }: V1StatefulSet): FieldError[] {
  return validateSpec(spec ?? {}, {})
}

export function validateStatefulSetUpdate(next: V1StatefulSet, previous: V1StatefulSet): FieldError[] {
  const lenient = { skipsClaims: true, skipsServiceName: true, old: previous.spec?.template }
  const wasWrong = validateSpec(previous.spec ?? {}, lenient).length > 0
  const fixed = (spec: Spec): object => Object.fromEntries(
    Object.entries(spec).filter(([name]) => !(MUTABLE as readonly string[]).includes(name)),
  )
  return [
    ...validateSpec(next.spec ?? {}, { ...lenient, skipsTemplate: wasWrong }),
    ...(isEqual(fixed(next.spec ?? {}), fixed(previous.spec ?? {})) ? [] : [forbidden('spec', IMMUTABLE_MESSAGE)]),
  ]
}

const OF_ALL = 'cannot be greater than status.replicas'

export function validateStatefulSetStatusUpdate(
  next: V1StatefulSet,
  previous: V1StatefulSet,
  facts?: ObjectFacts,
): FieldError[] {
  return [
    ...validateCounts(
      next.status ?? {},
      [
        'replicas',
        'readyReplicas',
        'currentReplicas',
        'updatedReplicas',
        'availableReplicas',
        'observedGeneration',
        'collisionCount',
      ],
      [
        ['readyReplicas', 'replicas', OF_ALL],
        ['currentReplicas', 'replicas', OF_ALL],
        ['updatedReplicas', 'replicas', OF_ALL],
        ['availableReplicas', 'replicas', OF_ALL],
        ['availableReplicas', 'readyReplicas', 'cannot be greater than status.readyReplicas'],
      ],
    ),
    ...(facts?.metadataAgain() ?? []),
    ...validateNotDecremented(next.status?.collisionCount, previous.status?.collisionCount),
  ]
}
