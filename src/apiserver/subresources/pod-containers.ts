/**
 * Which container of a pod a request means, for logs and streams (validateContainer of kubernetes/kubernetes
 * pkg/registry/core/pod/strategy.go).
 */
import { badRequestError } from '../../apimachinery/status-error.ts'
import type { V1Pod } from '../../apis/generated/types.ts'

/** `asked`: '' where the only one is meant. @throws ApiStatusError 400 */
export function containerOf({ metadata: { name = '' }, spec }: V1Pod, asked: string): string {
  const { initContainers = [], containers = [], ephemeralContainers = [] } = spec ?? {}
  const names = [...initContainers, ...containers, ...ephemeralContainers].map((container) => container.name)
  if (asked !== '') {
    if (names.includes(asked)) return asked
    throw badRequestError(`container ${asked} is not valid for pod ${name}`)
  }
  const [first] = containers
  if (containers.length === 1 && first !== undefined) return first.name
  throw badRequestError(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`)
}
