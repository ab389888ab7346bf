/**
 * Validation of containers: names, images, ports, environment, mounts and resources. All errors at once, in upstream's
 * order.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validateContainers, validateContainerCommon.
 */
import { childPath, duplicate, indexPath, required, type FieldError } from '../../../../apimachinery/field-path.ts'
import { isValidPortName, isValidPortNumber } from '../../../../apimachinery/names.ts'
import type { V1Container, V1ContainerPort, V1PodSpec, V1Volume } from '../../../generated/types.ts'
import { dnsLabel, invalidFor, oneOf, requiredAnd, requiredText } from '../../../validation/rules.ts'
import { validateContainerSecurity } from '../security/security-context.ts'
import { validateEnvironment } from './environment.ts'
import { validateDevices, validateMounts } from './mounts.ts'
import { validateLifecycleAndProbes } from './probes.ts'
import { validateContainerResources } from './resources.ts'
import { validateContainerRestartPolicy, validateResizePolicy } from './restart-rules.ts'

export const PORT_PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']
const TERMINATION_MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError']

/** What the containers of a pod are judged by. */
export interface ContainerSurroundings {
  readonly volumes: ReadonlyMap<string, V1Volume>
  /** Names of the pod's resource claims. */
  readonly claims: ReadonlySet<string>
  /** The pod's terminationGracePeriodSeconds. */
  readonly grace: V1PodSpec['terminationGracePeriodSeconds']
  readonly restartPolicy: V1PodSpec['restartPolicy']
  /** Whether the pod's users are its host's. */
  readonly sharesUsers: boolean
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

/** What every container must have right, of whichever sort. */
export function validateCommon(container: V1Container, surroundings: ContainerSurroundings, at: string): FieldError[] {
  const { volumes, claims, restartPolicy, sharesUsers } = surroundings
  return [
    ...requiredAnd(childPath(at, 'name'), container.name, dnsLabel),
    ...requiredText(childPath(at, 'image'), container.image),
    ...oneOf(
      childPath(at, 'terminationMessagePolicy'),
      container.terminationMessagePolicy,
      TERMINATION_MESSAGE_POLICIES,
    ),
    ...validatePorts(container.ports ?? [], childPath(at, 'ports')),
    ...validateEnvironment(container, at),
    ...validateMounts(container, volumes, childPath(at, 'volumeMounts')),
    ...validateDevices(container, volumes, childPath(at, 'volumeDevices')),
    ...oneOf(childPath(at, 'imagePullPolicy'), container.imagePullPolicy, PULL_POLICIES),
    ...validateContainerResources(container.resources, claims, childPath(at, 'resources')),
    ...validateResizePolicy(container, restartPolicy, childPath(at, 'resizePolicy')),
    ...validateContainerSecurity(container.securityContext, sharesUsers, childPath(at, 'securityContext')),
  ]
}

/** A port of the node can be taken once. */
export function validateHostPorts(containers: readonly V1Container[], field: string): FieldError[] {
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
  surroundings: ContainerSurroundings,
  field: string,
): FieldError[] {
  if (containers.length === 0) return [required(field)]
  const names = new Set<string>()
  const errors = containers.flatMap((container, index) => {
    const at = indexPath(field, index)
    const found = validateCommon(container, surroundings, at)
    if (names.has(container.name)) found.push(duplicate(childPath(at, 'name'), container.name))
    names.add(container.name)
    return [
      ...found,
      ...validateLifecycleAndProbes(container, at, surroundings.grace),
      ...validateContainerRestartPolicy(container, at),
    ]
  })
  return [...errors, ...validateHostPorts(containers, field)]
}
