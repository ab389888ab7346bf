/** All containers of a pod with their paths, in upstream's order of visits (pkg/apis/core/pods/helpers.go). */
import { childPath, indexPath } from '../../../../apimachinery/field-path.ts'
import type { V1Container, V1EphemeralContainer, V1PodSpec } from '../../../generated/types.ts'
import { itemsOf } from '../../../validation/rules.ts'

export type PlacedContainer = readonly [container: V1Container, at: string]

const LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const

/** `field` is the path of the spec. */
export function allContainers(spec: V1PodSpec, field: string): PlacedContainer[] {
  const placed: PlacedContainer[] = []
  for (const list of LISTS) {
    const containers: readonly (V1Container | V1EphemeralContainer)[] = itemsOf(spec[list])
    for (const [index, container] of containers.entries()) {
      placed.push([container, indexPath(childPath(field, list), index)])
    }
  }
  return placed
}
