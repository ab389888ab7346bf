/**
 * Validation of PersistentVolume objects, and of the volume that a VolumeAttachment holds inline.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePersistentVolumeSpec,
 * ValidatePersistentVolumeUpdate; pkg/volume/validation/pv_validation.go.
 */
import { cloneJson } from '../../../../apimachinery/patch/json-value.ts'
import {
  addErrors, childPath, forbidden, goJson, invalid, keyPath, notSupported, required, sortedMap, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import { FIELD_IMMUTABLE_MESSAGE } from '../../../../apimachinery/metadata-validation.ts'
import { compareQuantities, quantityValue } from '../../../../apimachinery/quantity.ts'
import { givenEmpty, keepGivenEmpty } from '../../../../apimachinery/schema/given-empty.ts'
import { unifiedDiff } from '../../../../lib/unified-diff.ts'
import type { ObjectFacts } from '../../../define-kind.ts'
import type {
  V1NodeSelectorRequirement, V1PersistentVolume, V1PersistentVolumeSpec, V1VolumeNodeAffinity,
} from '../../../generated/types.ts'
import { internalForm } from '../../../validation/internal-form.ts'
import {
  dnsSubdomain, immutableNamed, isEqual, notEmptyAnd, supportedIfSet, unlessEmpty,
} from '../../../validation/rules.ts'
import { validateNodeSelector } from '../../pod/spec/affinity.ts'
import { validateModes, VOLUME_MODES } from '../claim-spec.ts'
import { sourcesOf, takesMountOptions, validateSources } from './sources.ts'

type Spec = Partial<V1PersistentVolumeSpec>

const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain']
const MOUNT_OPTIONS = 'volume.beta.kubernetes.io/mount-options'
const INLINE = 'in the context of inline volumes'
/** Keys of nodes' labels that may be exchanged for their newer names. */
const NEWER_KEYS: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
}

function validateCapacity(spec: Spec, at: string): FieldError[] {
  const { capacity = {} } = spec
  const names = Object.keys(capacity)
  const errors = names.length === 0 ? [required(at)] : []
  if (names.length !== 1 || names[0] !== 'storage') {
    const printed = names.length === 0 ? givenEmpty(spec, 'capacity') : sortedMap(capacity)
    errors.push(notSupported(at, printed, ['storage']))
  }
  for (const name of names) {
    const [quantity, quantityAt] = [capacity[name] ?? '0', keyPath(at, name)]
    const value = quantityValue(quantity)
    if (value < 0) errors.push(invalid(quantityAt, value, 'must be a valid resource quantity'))
    if (compareQuantities(quantity, 0) <= 0) errors.push(invalid(quantityAt, quantity, 'must be greater than zero'))
  }
  return errors
}

function validateAffinity({ required: selector }: V1VolumeNodeAffinity, at: string): FieldError[] {
  const requiredAt = childPath(at, 'required')
  if (selector === undefined) return [required(requiredAt, 'must specify required node constraints')]
  return validateNodeSelector(selector, requiredAt)
}

/** Nothing that is bound to a claim, or to a place. */
function validateInline(spec: Spec, at: string): FieldError[] {
  const refused = (field: keyof V1PersistentVolumeSpec): FieldError =>
    forbidden(childPath(at, field), `may not be specified ${INLINE}`)
  return [
    ...(spec.claimRef === undefined ? [] : [refused('claimRef')]),
    ...(Object.keys(spec.capacity ?? {}).length === 0 ? [] : [refused('capacity')]),
    ...(spec.csi === undefined ? [required(childPath(at, 'csi'), `has to be specified ${INLINE}`)] : []),
  ]
}

function validatePolicy(spec: Spec, isInline: boolean, at: string): FieldError[] {
  const { persistentVolumeReclaimPolicy: policy = '' } = spec
  const policyAt = childPath(at, 'persistentVolumeReclaimPolicy')
  if (policy === '') return []
  if (!isInline) return supportedIfSet(policyAt, policy, RECLAIM_POLICIES)
  return policy === 'Retain' ? [] : [forbidden(policyAt, `may only be Retain ${INLINE}`)]
}

/** A path of a host's is its root, however that is written. */
function isRoot(path: string): boolean {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return path.startsWith('/') && parts.length === 0
}

function validateClass({ storageClassName = '', volumeMode }: Spec, isInline: boolean, at: string): FieldError[] {
  const [classAt, modeAt] = [childPath(at, 'storageClassName'), childPath(at, 'volumeMode')]
  if (!isInline) {
    return [
      ...unlessEmpty(classAt, storageClassName, dnsSubdomain),
      ...supportedIfSet(modeAt, volumeMode, VOLUME_MODES),
    ]
  }
  const isBlock = volumeMode !== undefined && volumeMode !== 'Filesystem'
  return [
    ...(storageClassName === '' ? [] : [forbidden(classAt, `may not be specified ${INLINE}`)]),
    ...(isBlock ? [forbidden(modeAt, `may not specify volumeMode other than Filesystem ${INLINE}`)] : []),
  ]
}

function validateAttributes({ volumeAttributesClassName: name, csi }: Spec, at: string): FieldError[] {
  if (name === undefined) return []
  const errors = notEmptyAnd(childPath(at, 'volumeAttributesClassName'), name, dnsSubdomain)
  if (csi !== undefined) return errors
  return [...errors, required(childPath(at, 'csi'), 'has to be specified when using volumeAttributesClassName')]
}

function validateSpec(spec: Spec, volumeName: string, isInline: boolean, at: string): FieldError[] {
  const { accessModes = [], nodeAffinity, hostPath } = spec
  const [modesAt, affinityAt] = [childPath(at, 'accessModes'), childPath(at, 'nodeAffinity')]
  const errors = isInline ? validateInline(spec, at) : []
  addErrors(errors, accessModes.length === 0 ? [required(modesAt)] : validateModes(accessModes, modesAt))
  if (!isInline) addErrors(errors, validateCapacity(spec, childPath(at, 'capacity')))
  addErrors(errors, validatePolicy(spec, isInline, at))
  if (nodeAffinity !== undefined) {
    const refused = forbidden(affinityAt, `may not be specified ${INLINE}`)
    addErrors(errors, isInline ? [refused] : validateAffinity(nodeAffinity, affinityAt))
  }
  // An inline volume's affinity is refused, and counts as none.
  const { nodeAffinity: _refused, ...withoutAffinity } = spec
  addErrors(errors, validateSources(isInline ? withoutAffinity : spec, volumeName, at))
  if (hostPath !== undefined && isRoot(hostPath.path) && spec.persistentVolumeReclaimPolicy === 'Recycle') {
    const why = "may not be 'recycle' for a hostPath mount of '/'"
    errors.push(forbidden(childPath(at, 'persistentVolumeReclaimPolicy'), why))
  }
  errors.push(...validateClass(spec, isInline, at))
  // Attributes of inline volumes are not looked at.
  return isInline ? errors : [...errors, ...validateAttributes(spec, at)]
}

export function validateInlineVolume(spec: V1PersistentVolumeSpec, at: string): FieldError[] {
  return validateSpec(spec, '', true, at)
}

function validateOwn({ metadata, spec }: V1PersistentVolume): FieldError[] {
  return validateSpec(spec ?? {}, metadata.name ?? '', false, 'spec')
}

function validateMountOptions({ metadata, spec }: V1PersistentVolume): FieldError[] {
  const isSaid = metadata.annotations?.[MOUNT_OPTIONS] !== undefined
  if (!isSaid || takesMountOptions(spec ?? {})) return []
  return [forbidden(`metadata.annotations.${MOUNT_OPTIONS}`, 'may not specify mount options for this volume type')]
}

export function validatePersistentVolume(volume: V1PersistentVolume): FieldError[] {
  return [...validateOwn(volume), ...validateMountOptions(volume)]
}

/** Which source it is, with all that is in it. */
function sourceOf(spec: Spec): Spec {
  return Object.fromEntries(sourcesOf(spec).map((name) => [name, spec[name]]))
}

/** A secret for growing may be added, once. */
function withoutNewSecret(next: Spec, previous: Spec): Spec {
  if (next.csi === undefined || previous.csi === undefined) return next
  if (previous.csi.controllerExpandSecretRef !== undefined) return next
  const { controllerExpandSecretRef: _added, ...csi } = next.csi
  return { ...next, csi: keepGivenEmpty(csi, next.csi) }
}

function validateSameSource(next: Spec, previous: Spec): FieldError[] {
  const [source, before] = [sourceOf(withoutNewSecret(next, previous)), sourceOf(previous)]
  if (isEqual(source, before)) return []
  const printed = (spec: Spec): string => goJson(internalForm('PersistentVolumeSource', spec), 1)
  const why = `spec.persistentvolumesource is immutable after creation\n${unifiedDiff(printed(before), printed(source))}`
  return [forbidden('spec.persistentvolumesource', why)]
}

function validateSameAffinity(next: Spec, previous: Spec): FieldError[] {
  if (previous.nodeAffinity === undefined) return []
  // A key that has no newer one may become '': upstream looks it up in a map of Go.
  const renewed = (old: V1NodeSelectorRequirement, key: string | undefined): V1NodeSelectorRequirement =>
    key !== undefined && (NEWER_KEYS[old.key] ?? '') === key ? { ...old, key } : old
  const terms = next.nodeAffinity?.required?.nodeSelectorTerms ?? []
  const before = cloneJson(previous.nodeAffinity)
  for (const [index, term] of (before.required?.nodeSelectorTerms ?? []).entries()) {
    for (const list of ['matchExpressions', 'matchFields'] as const) {
      if (term[list] === undefined) continue
      term[list] = term[list].map((old, place) => renewed(old, terms[index]?.[list]?.[place]?.key))
    }
  }
  if (isEqual(next.nodeAffinity, before)) return []
  const printed = next.nodeAffinity && internalForm('VolumeNodeAffinity', next.nodeAffinity)
  const why = `${FIELD_IMMUTABLE_MESSAGE}, except for updating from beta label to GA`
  return [invalid('nodeAffinity', printed, why)]
}

export function validatePersistentVolumeUpdate(
  volume: V1PersistentVolume,
  old: V1PersistentVolume,
  facts?: ObjectFacts,
): FieldError[] {
  const [next, previous]: [Spec, Spec] = [volume.spec ?? {}, old.spec ?? {}]
  const attributesAt = 'spec.volumeAttributesClassName'
  const isDropped = previous.volumeAttributesClassName !== undefined && next.volumeAttributesClassName === undefined
  return [
    ...validatePersistentVolume(volume),
    ...(facts?.metadataAgain() ?? []),
    // Once more: upstream's own list of causes has them twice.
    ...validateOwn(volume),
    ...validateSameSource(next, previous),
    ...immutableNamed('volumeMode', next.volumeMode, previous.volumeMode),
    ...validateSameAffinity(next, previous),
    ...(isDropped ? [forbidden(attributesAt, 'update from non-nil value to nil is forbidden')] : []),
  ]
}
