/**
 * Seccomp and AppArmor profiles, as fields and as the annotations that they once were; where both are said, they say
 * the same.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validateSeccompProfileField,
 * ValidateAppArmorProfileField, validateSeccompAnnotationsAndFields, validateAppArmorAnnotationsAndFieldsMatchOnCreate.
 */
import {
  childPath, forbidden, invalid, keyPath, notSupported, ofNamedType, quote, required, tooLong, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import { byteLength } from '../../../../apimachinery/names.ts'
import type { V1AppArmorProfile, V1Container, V1Pod, V1PodSpec, V1SeccompProfile } from '../../../generated/types.ts'
import { internalForm } from '../../../validation/internal-form.ts'
import { isEqual } from '../../../validation/rules.ts'
import { allContainers } from '../spec/all-containers.ts'
import { validateDescendingPath } from '../volumes/paths.ts'

const TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined']
const LOCALHOST_PREFIX = 'localhost/'
/** The longest path that Linux takes, less its end. */
const MAX_PROFILE_LENGTH = 4095
export const SECCOMP_POD_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod'
export const SECCOMP_CONTAINER_PREFIX = 'container.seccomp.security.alpha.kubernetes.io/'
export const APP_ARMOR_DEPRECATED = 'deprecated since v1.30; use the "appArmorProfile" field instead'
export const APP_ARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/'
/** What an annotation says for a type that needs no profile. */
const SECCOMP_VALUES: Readonly<Record<string, readonly string[]>> = {
  RuntimeDefault: ['runtime/default', 'docker/default'],
  Unconfined: ['unconfined'],
}
const APP_ARMOR_VALUES: Readonly<Record<string, readonly string[]>> = {
  RuntimeDefault: ['runtime/default'],
  Unconfined: ['unconfined'],
}

type Annotations = Readonly<Record<string, string>>

export function validateSeccomp(profile: V1SeccompProfile | undefined, at: string): FieldError[] {
  if (profile === undefined) return []
  const { type, localhostProfile } = profile
  const typeAt = childPath(at, 'type')
  const pathAt = childPath(at, 'localhostProfile')
  const errors: FieldError[] = []
  if (type === '') errors.push(required(typeAt, 'type is required when seccompProfile is set'))
  else if (!TYPES.includes(type)) errors.push(notSupported(typeAt, type, TYPES))
  if (type !== 'Localhost') {
    if (localhostProfile === undefined) return errors
    const printed = internalForm('SeccompProfile', profile)
    return [...errors, invalid(pathAt, printed, 'can only be set when seccomp type is Localhost')]
  }
  if (localhostProfile !== undefined) return [...errors, ...validateDescendingPath(pathAt, localhostProfile)]
  return [...errors, required(pathAt, 'must be set when seccomp type is Localhost')]
}

export function validateAppArmor(profile: V1AppArmorProfile | undefined, at: string): FieldError[] {
  if (profile === undefined) return []
  const { type, localhostProfile } = profile
  const typeAt = childPath(at, 'type')
  const pathAt = childPath(at, 'localhostProfile')
  if (type === '') return [required(typeAt, 'type is required when appArmorProfile is set')]
  if (!TYPES.includes(type)) return [notSupported(typeAt, type, TYPES)]
  if (type !== 'Localhost') {
    const why = 'can only be set when AppArmor type is Localhost'
    return localhostProfile === undefined ? [] : [invalid(pathAt, ofNamedType(localhostProfile), why)]
  }
  if (localhostProfile === undefined) return [required(pathAt, 'must be set when AppArmor type is Localhost')]
  const errors: FieldError[] = []
  if (localhostProfile.trim() !== localhostProfile) {
    errors.push(invalid(pathAt, localhostProfile, 'must not be padded with whitespace'))
  } else if (localhostProfile === '') errors.push(required(pathAt, 'must be set when AppArmor type is Localhost'))
  if (byteLength(localhostProfile) > MAX_PROFILE_LENGTH) errors.push(tooLong(pathAt, MAX_PROFILE_LENGTH))
  return errors
}

function validateSeccompText(profile: string, at: string): FieldError[] {
  if (Object.values(SECCOMP_VALUES).some((values) => values.includes(profile))) return []
  if (profile.startsWith(LOCALHOST_PREFIX)) return validateDescendingPath(at, profile.slice(LOCALHOST_PREFIX.length))
  return [invalid(at, profile, 'must be a valid seccomp profile')]
}

/** Upstream writes the paths of these seccomp annotations with dots, those of AppArmor with brackets. */
export function validateProfileAnnotations(annotations: Annotations, spec: V1PodSpec, at: string): FieldError[] {
  const errors: FieldError[] = []
  const names = new Set(allContainers(spec, '').map(([{ name }]) => name))
  const entries = Object.entries(annotations)
  const isSeccomp = (key: string): boolean => key === SECCOMP_POD_ANNOTATION || key.startsWith(SECCOMP_CONTAINER_PREFIX)
  for (const [key, profile] of entries.filter(([name]) => isSeccomp(name))) {
    errors.push(...validateSeccompText(profile, childPath(at, key)))
  }
  for (const [key, profile] of entries.filter(([name]) => name.startsWith(APP_ARMOR_PREFIX))) {
    const container = key.slice(APP_ARMOR_PREFIX.length)
    if (!names.has(container)) errors.push(invalid(keyPath(at, key), container, 'container not found'))
    const isKnown = profile === '' || Object.values(APP_ARMOR_VALUES).some((values) => values.includes(profile))
    if (isKnown || profile.startsWith(LOCALHOST_PREFIX)) continue
    errors.push(invalid(keyPath(at, key), profile, `invalid AppArmor profile name: ${quote(profile)}`))
  }
  return errors
}

interface Family {
  readonly name: string
  readonly values: Readonly<Record<string, readonly string[]>>
}

function validateMatch(
  { name, values }: Family,
  annotation: string | undefined,
  profile: { readonly type: string; readonly localhostProfile?: string } | undefined,
  at: string,
): FieldError[] {
  if (annotation === undefined || profile === undefined) return []
  const mismatch = [forbidden(childPath(at, 'type'), `${name} type in annotation and field must match`)]
  const known = values[profile.type]
  if (known !== undefined) return known.includes(annotation) ? [] : mismatch
  if (profile.type !== 'Localhost') return []
  if (!annotation.startsWith(LOCALHOST_PREFIX)) return mismatch
  if (annotation.slice(LOCALHOST_PREFIX.length) === profile.localhostProfile) return []
  return [forbidden(childPath(at, 'localhostProfile'), `${name} profile in annotation and field must match`)]
}

/** What an annotation of AppArmor says as a field; undefined: nothing that one could. */
function appArmorOf(annotation: string): V1AppArmorProfile | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' }
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' }
  const localhostProfile = annotation.startsWith(LOCALHOST_PREFIX) ? annotation.slice(LOCALHOST_PREFIX.length) : ''
  return localhostProfile === '' ? undefined : { type: 'Localhost', localhostProfile }
}

/** The annotation says of a container what neither its own field nor the pod's does. */
export function isAppArmorSaidOnlyIn(annotation: string | undefined, container: V1Container, spec: V1PodSpec): boolean {
  if (annotation === undefined || container.securityContext?.appArmorProfile !== undefined) return false
  const ofPod = spec.securityContext?.appArmorProfile
  return ofPod === undefined || !isEqual(ofPod, appArmorOf(annotation))
}

/** Pods that are made with annotations of AppArmor get the fields; `warn` is told which. Mutates. */
export function takeAppArmorAnnotations({ metadata, spec }: V1Pod, warn: (text: string) => void): void {
  if (spec === undefined || spec.os?.name === 'windows') return
  for (const [container] of allContainers(spec, '')) {
    const key = `${APP_ARMOR_PREFIX}${container.name}`
    const annotation = metadata.annotations?.[key]
    if (annotation === undefined || container.securityContext?.appArmorProfile !== undefined) continue
    const said = appArmorOf(annotation)
    const profile = validateAppArmor(said, '').length === 0 ? said : undefined
    const isOfPod = profile !== undefined && isEqual(profile, spec.securityContext?.appArmorProfile)
    if (profile !== undefined && !isOfPod) {
      container.securityContext = { ...container.securityContext, appArmorProfile: profile }
    }
    if (!isOfPod) warn(`${keyPath('metadata.annotations', key)}: ${APP_ARMOR_DEPRECATED}`)
  }
}

const SECCOMP: Family = { name: 'seccomp', values: SECCOMP_VALUES }
const APP_ARMOR: Family = { name: 'apparmor', values: APP_ARMOR_VALUES }

/** On create, and in templates. */
export function validateProfilesMatch(annotations: Annotations, spec: V1PodSpec, at: string): FieldError[] {
  const pod = spec.securityContext
  const podAt = childPath(at, 'securityContext', 'seccompProfile')
  const placed = allContainers(spec, at)
  return [
    ...validateMatch(SECCOMP, annotations[SECCOMP_POD_ANNOTATION], pod?.seccompProfile, podAt),
    ...placed.flatMap(([{ name, securityContext }, containerAt]) => {
      const profileAt = childPath(containerAt, 'securityContext', 'seccompProfile')
      const annotation = annotations[`${SECCOMP_CONTAINER_PREFIX}${name}`]
      return validateMatch(SECCOMP, annotation, securityContext?.seccompProfile, profileAt)
    }),
    ...(spec.os?.name === 'windows' ? [] : placed).flatMap(([{ name, securityContext }, containerAt]) => {
      const profileAt = childPath(containerAt, 'securityContext', 'appArmorProfile')
      const profile = securityContext?.appArmorProfile ?? pod?.appArmorProfile
      return validateMatch(APP_ARMOR, annotations[`${APP_ARMOR_PREFIX}${name}`], profile, profileAt)
    }),
  ]
}
