/** All containers of a pod with their paths, in upstream's order of visits (pkg/apis/core/pods/helpers.go). */
import { childPath, indexPath } from '../../../../apimachinery/field-path.ts'
import type { V1Container, V1EphemeralContainer, V1PodSpec } from '../../../generated/types.ts'
import { itemsOf } from '../../../validation/rules.ts'

export type PlacedContainer = readonly [container: V1Container, at: string]

/** `field` is the path of the spec. */
export function allContainers(spec: V1PodSpec, field: string): PlacedContainer[] {
  const { initContainers = [], ephemeralContainers = [] } = spec
  const lists: readonly (readonly [string, readonly (V1Container | V1EphemeralContainer)[]])[] = [
    ['initContainers', initContainers],
    ['containers', itemsOf(spec.containers)],
    ['ephemeralContainers', ephemeralContainers],
  ]
  return lists.flatMap(([name, containers]) =>
    containers.map((container, index) => [container, indexPath(childPath(field, name), index)] as const),
  )
}
