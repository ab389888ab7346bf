/**
 * What is dubious in the containers of a pod: variables that hide others, ports that are there twice, fractions of
 * bytes.
 * Upstream: kubernetes/kubernetes pkg/api/pod/warnings.go, warningsForPodSpecAndMeta.
 */
import { childPath, indexPath, keyPath, quote } from '../../../../apimachinery/field-path.ts'
import { canonicalQuantity, isWhole } from '../../../../apimachinery/quantity.ts'
import type { V1Container, V1ContainerPort } from '../../../generated/types.ts'
import type { PlacedContainer } from '../spec/all-containers.ts'

const BYTES = ['memory', 'ephemeral-storage']

/** Of the resources that are counted in bytes. */
export function fractionWarnings(
  resources: Readonly<Record<string, string>> | undefined,
  names: readonly string[],
  at: string,
): string[] {
  return names.flatMap((name) => {
    const quantity = resources?.[name]
    if (quantity === undefined || isWhole(quantity)) return []
    const written = quote(canonicalQuantity(quantity))
    return [`${keyPath(at, name)}: fractional byte value ${written} is invalid, must be an integer`]
  })
}

/** A second definition is fine only when it goes on from the first. */
function variableWarnings({ env = [] }: V1Container, at: string): string[] {
  if (new Set(env.map(({ name }) => name)).size === env.length) return []
  const names = new Set<string>()
  return env.flatMap(({ name, value = '', valueFrom }, index) => {
    const isKnown = names.has(name)
    names.add(name)
    const reference = `$(${name})`
    const goesOn = valueFrom === undefined && value !== reference && value.includes(reference)
    if (!isKnown || goesOn) return []
    const why = `hides previous definition of ${quote(name)}, which may be dropped when using apply`
    return [`${indexPath(childPath(at, 'env'), index)}: ${why}`]
  })
}

function printed({ name = '', hostPort = 0, containerPort, protocol = '', hostIP = '' }: V1ContainerPort): string {
  const [host, container] = [String(hostPort), String(containerPort)]
  return `{Name:${name} HostPort:${host} ContainerPort:${container} Protocol:${protocol} HostIP:${hostIP}}`
}

function clashOf(port: V1ContainerPort, other: V1ContainerPort): string | undefined {
  const [ip, otherIp] = [port.hostIP ?? '', other.hostIP ?? '']
  const [number, otherNumber] = [port.hostPort ?? 0, other.hostPort ?? 0]
  if (ip === otherIp && number === otherNumber) return 'duplicate'
  if (number === 0 || otherNumber === 0) return 'overlapping'
  return number === otherNumber && (ip === '') !== (otherIp === '') ? 'dangerously ambiguous' : undefined
}

interface PlacedPort {
  readonly port: V1ContainerPort
  readonly at: string
  readonly number: number
}

/** Ports that are the same to a container, to be found by what of the node they take. */
class EarlierPorts {
  readonly #all: PlacedPort[] = []
  readonly #byHost = new Map<string, PlacedPort[]>()

  /** Those before it that it clashes with, in order. */
  add(placed: PlacedPort): readonly PlacedPort[] {
    const { hostPort = 0, hostIP = '' } = placed.port
    const [onNone, onAny, onOne] = ['0', String(hostPort), `${String(hostPort)}/${hostIP}`]
    const wanted = hostIP === '' ? [onNone, onAny] : [onNone, `${onAny}/`, onOne]
    const others = hostPort === 0 ? [...this.#all] : wanted.flatMap((key) => this.#byHost.get(key) ?? [])
    this.#all.push(placed)
    for (const key of [onAny, onOne]) {
      const known = this.#byHost.get(key)
      if (known === undefined) this.#byHost.set(key, [placed])
      else known.push(placed)
    }
    return others.toSorted((one, other) => one.number - other.number)
  }
}

/** More than the headers of an answer have room for. Each port may clash with all the others. */
const MAX_PORT_WARNINGS = 4_096

function portWarnings(placed: readonly PlacedContainer[]): string[] {
  const earlier = new Map<string, EarlierPorts>()
  const ports = placed.flatMap(([container, at]) =>
    (container.ports ?? []).map((port, index) => ({ port, at: indexPath(childPath(at, 'ports'), index) })),
  )
  const warnings: string[] = []
  for (const [number, { port, at }] of ports.entries()) {
    if (warnings.length >= MAX_PORT_WARNINGS) break
    const key = `${String(port.containerPort)}/${port.protocol ?? ''}`
    const others = earlier.get(key) ?? new EarlierPorts()
    earlier.set(key, others)
    if ((port.hostIP ?? '') !== '' && (port.hostPort ?? 0) === 0) {
      warnings.push(`${at}: hostIP set without hostPort: ${printed(port)}`)
    }
    for (const other of others.add({ port, at, number })) {
      const clash = clashOf(port, other.port)
      if (clash !== undefined) warnings.push(`${at}: ${clash} port definition with ${other.at}`)
    }
  }
  return warnings
}

function portNameWarnings(placed: readonly PlacedContainer[]): string[] {
  const places = new Map<string, string>()
  return placed.flatMap(([{ ports = [] }, at]) =>
    ports.flatMap(({ name = '' }, index) => {
      if (name === '') return []
      const portAt = indexPath(childPath(at, 'ports'), index)
      const first = places.get(name)
      if (first === undefined) {
        places.set(name, portAt)
        return []
      }
      const consequence = `services and probes that select ports by name will use ${first}`
      return [`${portAt}: duplicate port name ${quote(name)} with ${first}, ${consequence}`]
    }),
  )
}

export function containerWarnings(
  placed: readonly PlacedContainer[],
  ofAnnotations: (placed: PlacedContainer) => string[],
): string[] {
  const single = placed.flatMap((one) => {
    const [container, at] = one
    const { limits, requests } = container.resources ?? {}
    const [limitsAt, requestsAt] = [childPath(at, 'resources', 'limits'), childPath(at, 'resources', 'requests')]
    return [
      ...ofAnnotations(one),
      ...BYTES.flatMap((name) => [
        ...fractionWarnings(limits, [name], limitsAt),
        ...fractionWarnings(requests, [name], requestsAt),
      ]),
      ...variableWarnings(container, at),
    ]
  })
  return [...single, ...portWarnings(placed), ...portNameWarnings(placed)]
}
