/**
 * Init containers, of which those that are always restarted are sidecars, and ephemeral containers, which are added to
 * a running pod for somebody to look into it.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validateInitContainers,
 * validateEphemeralContainers, validateContainerOnlyForPod.
 */
import {
  addErrors, childPath, duplicate, forbidden, indexPath, invalid, notFound, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import { givenEmpty } from '../../../../apimachinery/schema/given-empty.ts'
import type { V1Container, V1EphemeralContainer, V1PodSpec } from '../../../generated/types.ts'
import { itemsOf } from '../../../validation/rules.ts'
import { validateCommon, validateHostPorts, type ContainerSurroundings } from './containers.ts'
import { validateLifecycleAndProbes } from './probes.ts'
import { validateInitResizePolicy, validateInitRestartPolicy } from './restart-rules.ts'

const HOOKS = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const
const NO_HOOKS = 'may not be set for init containers without restartPolicy=Always'
const NOT_EPHEMERAL = 'cannot be set for an Ephemeral Container'
/** In the order of upstream's struct. */
const NOT_EPHEMERAL_FIELDS = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const

/** Only of pods: templates may carry such an image, though no pod of theirs will be made. */
export function validateImageSpaces(container: V1Container, at: string): FieldError[] {
  const { image = '' } = container
  const why = 'must not have leading or trailing whitespace'
  return image.trim() === image ? [] : [invalid(childPath(at, 'image'), image, why)]
}

/** Init containers share their names with the regular ones. */
export function validateInitContainers(
  spec: V1PodSpec,
  surroundings: ContainerSurroundings,
  field: string,
): FieldError[] {
  const names = new Set(itemsOf(spec.containers).map(({ name }) => name))
  return (spec.initContainers ?? []).flatMap((container, index) => {
    const at = indexPath(field, index)
    const errors = [
      ...validateCommon(container, surroundings, at),
      ...validateInitRestartPolicy(container, at),
    ]
    if (names.has(container.name)) errors.push(duplicate(childPath(at, 'name'), container.name))
    else if (container.name !== '') names.add(container.name)
    // Upstream looks at each alone, so the index in the path is always the first.
    addErrors(errors, validateHostPorts([container], field))
    if (container.restartPolicy === 'Always') {
      addErrors(errors, validateLifecycleAndProbes(container, at, surroundings.grace))
    } else {
      const said = HOOKS.filter((hook) => container[hook] !== undefined)
      errors.push(...said.map((hook) => forbidden(childPath(at, hook), NO_HOOKS)))
    }
    return [...errors, ...validateInitResizePolicy(container, childPath(at, 'resizePolicy'))]
  })
}

/** Whether Go would see the field as set; lists and maps are so when they are given empty. */
function isSaid(container: V1EphemeralContainer, name: (typeof NOT_EPHEMERAL_FIELDS)[number]): boolean {
  if (name !== 'resources') return container[name] !== undefined || givenEmpty(container, name) !== undefined
  const { resources = {} } = container
  const isGivenEmpty = (field: string): boolean => givenEmpty(resources, field) !== undefined
  return Object.keys(resources).length > 0 || ['limits', 'requests', 'claims'].some(isGivenEmpty)
}

function validateEphemeral(container: V1EphemeralContainer, others: ReadonlySet<string>, at: string): FieldError[] {
  const { targetContainerName = '', volumeMounts = [] } = container
  const said = NOT_EPHEMERAL_FIELDS.filter((name) => isSaid(container, name))
  return [
    ...(targetContainerName !== '' && !others.has(targetContainerName)
      ? [notFound(childPath(at, 'targetContainerName'), targetContainerName)]
      : []),
    ...said.map((name) => forbidden(childPath(at, name), NOT_EPHEMERAL)),
    ...volumeMounts.flatMap((mount, index) =>
      (['subPath', 'subPathExpr'] as const).flatMap((name) => {
        const mountAt = childPath(indexPath(childPath(at, 'volumeMounts'), index), name)
        return (mount[name] ?? '') === '' ? [] : [forbidden(mountAt, NOT_EPHEMERAL)]
      }),
    ),
  ]
}

export function validateEphemeralContainers(
  spec: V1PodSpec,
  surroundings: ContainerSurroundings,
  field: string,
): FieldError[] {
  const others = new Set([...itemsOf(spec.containers), ...(spec.initContainers ?? [])].map(({ name }) => name))
  const names = new Set(others)
  return (spec.ephemeralContainers ?? []).flatMap((container, index) => {
    const at = indexPath(field, index)
    const errors = [...validateCommon(container, surroundings, at), ...validateImageSpaces(container, at)]
    if (names.has(container.name)) errors.push(duplicate(childPath(at, 'name'), container.name))
    names.add(container.name)
    return [...errors, ...validateEphemeral(container, others, at)]
  })
}
