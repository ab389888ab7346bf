/**
 * Validation of containers: names, images, ports, environment, mounts and resources, for regular, init and ephemeral
 * ones. All errors at once, in upstream's order.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validateContainers,
 * validateInitContainers, validateContainerCommon.
 * Differs: security contexts, resize policies and block devices are left to the runtime.
 */
import {
  childPath,
  duplicate,
  forbidden,
  indexPath,
  invalid,
  keyPath,
  notFound,
  required,
  type FieldError,
} from '../../../apimachinery/field-path.ts'
import { isDns1123Label, isQualifiedName, isValidPortName, isValidPortNumber } from '../../../apimachinery/names.ts'
import { compareQuantities, formatQuantity, parseQuantity } from '../../../apimachinery/quantity.ts'
import type { V1Container, V1ContainerPort, V1ResourceRequirements, V1VolumeMount } from '../../generated/types.ts'
import { validateEnvironment } from './validation-environment.ts'
import { validateLifecycleAndProbes } from './validation-probes.ts'
import { invalidFor, notNegative, oneOf, optionallyOneOf } from './validation-rules.ts'
import { validateDescendingPath } from './validation-volumes.ts'

export const PORT_PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']
const TERMINATION_MESSAGE_POLICIES = ['FallbackToLogsOnError', 'File']
const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None']
const CONTAINER_RESOURCES = ['cpu', 'memory', 'ephemeral-storage']
/** Names without a domain that mean something to Kubernetes, though not of a container. */
const OTHER_RESOURCES = [
  'storage',
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
]
const NO_HOOKS = 'may not be set for init containers without restartPolicy=Always'

/** What the containers of a pod are judged by. */
export interface PodSurroundings {
  readonly volumes: ReadonlySet<string>
  /** The pod's terminationGracePeriodSeconds. */
  readonly grace: number
}

function validatePorts(ports: readonly V1ContainerPort[], field: string): FieldError[] {
  const names = new Set<string>()
  return ports.flatMap(({ name = '', containerPort, hostPort = 0, protocol }, index) => {
    const at = indexPath(field, index)
    const errors: FieldError[] = []
    if (name !== '') {
      const messages = isValidPortName(name)
      if (messages.length > 0) errors.push(...invalidFor(childPath(at, 'name'), name, messages))
      else if (names.has(name)) errors.push(duplicate(childPath(at, 'name'), name))
      else names.add(name)
    }
    const portAt = childPath(at, 'containerPort')
    if (containerPort === 0) errors.push(required(portAt))
    else errors.push(...invalidFor(portAt, containerPort, isValidPortNumber(containerPort)))
    if (hostPort !== 0) errors.push(...invalidFor(childPath(at, 'hostPort'), hostPort, isValidPortNumber(hostPort)))
    return [...errors, ...oneOf(childPath(at, 'protocol'), protocol, PORT_PROTOCOLS)]
  })
}

function validateMounts(mounts: readonly V1VolumeMount[], volumes: ReadonlySet<string>, field: string): FieldError[] {
  const places = new Set<string>()
  return mounts.flatMap(({ name, mountPath, subPath = '', subPathExpr = '', mountPropagation }, index) => {
    const at = indexPath(field, index)
    const errors: FieldError[] = []
    if (name === '') errors.push(required(childPath(at, 'name')))
    if (!volumes.has(name)) errors.push(notFound(childPath(at, 'name'), name))
    if (mountPath === '') errors.push(required(childPath(at, 'mountPath')))
    if (places.has(mountPath)) errors.push(invalid(childPath(at, 'mountPath'), mountPath, 'must be unique'))
    places.add(mountPath)
    if (subPath !== '') errors.push(...validateDescendingPath(childPath(at, 'subPath'), subPath))
    if (subPathExpr !== '') {
      const exprAt = childPath(at, 'subPathExpr')
      if (subPath !== '') {
        errors.push(invalid(exprAt, subPathExpr, 'subPathExpr and subPath are mutually exclusive'))
      }
      errors.push(...validateDescendingPath(exprAt, subPathExpr))
    }
    return [...errors, ...optionallyOneOf(childPath(at, 'mountPropagation'), mountPropagation, PROPAGATIONS)]
  })
}

function validateResourceName(name: string, field: string): FieldError[] {
  const errors = invalidFor(field, name, isQualifiedName(name))
  if (errors.length > 0 || name.includes('/') || name.startsWith('hugepages-')) return errors
  if (CONTAINER_RESOURCES.includes(name)) return []
  if (!OTHER_RESOURCES.includes(name)) {
    errors.push(invalid(field, name, 'must be a standard resource type or fully qualified'))
  }
  return [...errors, invalid(field, name, 'must be a standard resource for containers')]
}

/** Whether more may be promised than there is: of cpu, memory and what is Kubernetes' own; not of huge pages. */
function allowsOvercommit(name: string): boolean {
  return (!name.includes('/') || name.includes('kubernetes.io/')) && !name.startsWith('hugepages-')
}

function validateQuantity(name: string, written: string, field: string): FieldError[] {
  const text = formatQuantity(parseQuantity(written))
  if (compareQuantities(written, 0) < 0) return [invalid(field, text, 'must be greater than or equal to 0')]
  const isCounted = name.includes('/') && !name.includes('kubernetes.io/')
  return isCounted && parseQuantity(written).nanos % 1_000_000_000n !== 0n
    ? [invalid(field, written, 'must be an integer')]
    : []
}

export function validateResources(resources: V1ResourceRequirements | undefined, field: string): FieldError[] {
  const { limits = {}, requests = {} } = resources ?? {}
  const errors: FieldError[] = []
  const limitsAt = childPath(field, 'limits')
  const requestsAt = childPath(field, 'requests')
  for (const [name, limit] of Object.entries(limits)) {
    const at = keyPath(limitsAt, name)
    errors.push(...validateResourceName(name, at), ...validateQuantity(name, limit, at))
  }
  for (const [name, request] of Object.entries(requests)) {
    const at = keyPath(requestsAt, name)
    errors.push(...validateResourceName(name, at), ...validateQuantity(name, request, at))
    const limit = limits[name]
    if (limit === undefined) {
      if (!allowsOvercommit(name)) errors.push(required(limitsAt, 'Limit must be set for non overcommitable resources'))
      continue
    }
    const [asked, most] = [formatQuantity(parseQuantity(request)), formatQuantity(parseQuantity(limit))]
    const order = compareQuantities(request, limit)
    if (order !== 0 && !allowsOvercommit(name)) {
      errors.push(invalid(requestsAt, asked, `must be equal to ${name} limit of ${most}`))
    } else if (order > 0)
      errors.push(invalid(requestsAt, asked, `must be less than or equal to ${name} limit of ${most}`))
  }
  return errors
}

/** What every container must have right, of whichever sort. */
function validateCommon(container: V1Container, { volumes }: PodSurroundings, at: string): FieldError[] {
  const { name, image = '' } = container
  const errors =
    name === '' ? [required(childPath(at, 'name'))] : invalidFor(childPath(at, 'name'), name, isDns1123Label(name))
  if (image === '') errors.push(required(childPath(at, 'image')))
  else if (image.trim() !== image) {
    errors.push(invalid(childPath(at, 'image'), image, 'must not have leading or trailing whitespace'))
  }
  const messagePolicyAt = childPath(at, 'terminationMessagePolicy')
  return [
    ...errors,
    ...oneOf(messagePolicyAt, container.terminationMessagePolicy, TERMINATION_MESSAGE_POLICIES),
    ...validatePorts(container.ports ?? [], childPath(at, 'ports')),
    ...validateEnvironment(container, at),
    ...validateMounts(container.volumeMounts ?? [], volumes, childPath(at, 'volumeMounts')),
    ...oneOf(childPath(at, 'imagePullPolicy'), container.imagePullPolicy, PULL_POLICIES),
    ...validateResources(container.resources, childPath(at, 'resources')),
    ...validateUser(container, at),
  ]
}

function validateUser({ securityContext }: V1Container, at: string): FieldError[] {
  const field = childPath(at, 'securityContext')
  const { runAsUser, runAsGroup, allowPrivilegeEscalation, privileged } = securityContext ?? {}
  const errors = [
    ...notNegative(childPath(field, 'runAsUser'), runAsUser),
    ...notNegative(childPath(field, 'runAsGroup'), runAsGroup),
  ]
  if (allowPrivilegeEscalation === false && privileged === true) {
    errors.push(
      invalid(field, securityContext, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'),
    )
  }
  return errors
}

/** A port of the node can be taken once. */
function validateHostPorts(containers: readonly V1Container[], field: string): FieldError[] {
  const taken = new Set<string>()
  return containers.flatMap(({ ports }, index) =>
    (ports ?? []).flatMap(({ hostPort = 0, hostIP = '', protocol = '' }, place) => {
      if (hostPort === 0) return []
      const port = `${protocol}/${hostIP}/${String(hostPort)}`
      const at = childPath(indexPath(childPath(indexPath(field, index), 'ports'), place), 'hostPort')
      if (taken.has(port)) return [duplicate(at, port)]
      taken.add(port)
      return []
    }),
  )
}

export function validateContainers(
  containers: readonly V1Container[],
  surroundings: PodSurroundings,
  field: string,
): FieldError[] {
  if (containers.length === 0) return [required(field)]
  const names = new Set<string>()
  const errors = containers.flatMap((container, index) => {
    const at = indexPath(field, index)
    const found = validateCommon(container, surroundings, at)
    if (names.has(container.name)) found.push(duplicate(childPath(at, 'name'), container.name))
    names.add(container.name)
    return [...found, ...validateLifecycleAndProbes(container, at, surroundings.grace)]
  })
  return [...errors, ...validateHostPorts(containers, field)]
}

/** Init containers share their names with the regular ones; those restarted always are sidecars, and may be probed. */
export function validateInitContainers(
  containers: readonly V1Container[],
  regular: readonly V1Container[],
  surroundings: PodSurroundings,
  field: string,
): FieldError[] {
  const names = new Set(regular.map(({ name }) => name))
  return containers.flatMap((container, index) => {
    const at = indexPath(field, index)
    const errors = validateCommon(container, surroundings, at)
    if (names.has(container.name)) errors.push(duplicate(childPath(at, 'name'), container.name))
    else if (container.name !== '') names.add(container.name)
    if (container.restartPolicy === 'Always') {
      errors.push(...validateLifecycleAndProbes(container, at, surroundings.grace))
    } else {
      for (const hook of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
        if (container[hook] !== undefined) errors.push(forbidden(childPath(at, hook), NO_HOOKS))
      }
    }
    return errors
  })
}
