/**
 * A path as documents write it: what all of its operations take stands once for all (k8s.io/kube-openapi pkg/builder
 * and pkg/builder3, findCommonParameters), and parameters are in the order of their names.
 */
import { ascending } from '../../../lib/order.ts'
import { kindNamed } from '../definitions/schema-order.ts'
import type { Descriptions, OpenApiVersion } from '../definitions/schemas.ts'
import type { Method, Operation, Parameter, Path } from './operation.ts'

export interface ArrangedPath {
  readonly common: readonly Parameter[]
  /** With the parameters that not all have. */
  readonly operations: readonly Operation[]
}

/** In the order of a path item's fields (k8s.io/kube-openapi pkg/spec3/path.go). */
const METHODS: readonly Method[] = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch']

function inOrderOfMethods(one: Operation, other: Operation): number {
  return METHODS.indexOf(one.method) - METHODS.indexOf(other.method)
}

const keyOf = ({ name, place }: Parameter): string => `${name}/${place}`

export function arranged({ operations }: Path): ArrangedPath {
  const counts = new Map<string, number>()
  const parameters = new Map<string, Parameter>()
  for (const parameter of operations.flatMap((operation) => operation.parameters)) {
    const key = keyOf(parameter)
    counts.set(key, (counts.get(key) ?? 0) + 1)
    parameters.set(key, parameter)
  }
  const isCommon = (parameter: Parameter): boolean => counts.get(keyOf(parameter)) === operations.length
  return {
    common: sorted([...parameters.values()].filter(isCommon)),
    operations: operations.toSorted(inOrderOfMethods).map((operation) => ({
      ...operation,
      parameters: sorted(operation.parameters.filter((parameter) => !isCommon(parameter))),
    })),
  }
}

function sorted(parameters: readonly Parameter[]): Parameter[] {
  return parameters.toSorted((one, other) => ascending(keyOf(one), keyOf(other)))
}

export function describeParameter({ name, told }: Parameter, descriptions: Descriptions): { description?: string } {
  const text = 'text' in told ? told.text : (descriptions[told.of]?.[name] ?? '')
  return text === '' ? {} : { description: text }
}

/** An operation's extensions: a kind is in the order of its type in version 3, of its names in version 2. */
export function extensionsOf({ action, kind }: Operation, version: OpenApiVersion): object {
  if (action === undefined || kind === undefined) return {}
  const named = version === 2 ? kindNamed(kind) : kind
  return { 'x-kubernetes-action': action, 'x-kubernetes-group-version-kind': named }
}
