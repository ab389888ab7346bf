/**
 * The downward API: a pod's own fields and its containers' resources as text. pkg/fieldpath/fieldpath.go and
 * pkg/api/v1/resource/helpers.go.
 */
import { byKey } from '../../../lib/order.ts'
import { ownValue } from '../../../lib/own-value.ts'
import type { V1Container, V1Pod, V1ResourceFieldSelector } from '../../../apis/generated/types.ts'
import { milliValue, parseQuantity } from '../../../apimachinery/quantity.ts'
import { RuntimeError } from '../../runtime.ts'

const SUBSCRIPT = /^metadata\.(labels|annotations)\['([^']*)'\]$/

/** What a container without a limit may use: an isolate's memory, and the processor time of one request. */
const ISOLATE_LIMITS: Readonly<Record<string, string>> = { cpu: '1', memory: '128Mi', 'ephemeral-storage': '0' }

export function fieldValue(pod: V1Pod, path: string): string {
  const { metadata, spec, status } = pod
  const [, table, key = ''] = SUBSCRIPT.exec(path) ?? []
  if (table === 'labels' || table === 'annotations') return ownValue(metadata[table] ?? {}, key) ?? ''
  switch (path) {
    case 'metadata.name':
      return metadata.name ?? ''
    case 'metadata.namespace':
      return metadata.namespace ?? ''
    case 'metadata.uid':
      return metadata.uid ?? ''
    case 'metadata.labels':
    case 'metadata.annotations':
      return formatMap(metadata[path === 'metadata.labels' ? 'labels' : 'annotations'])
    case 'spec.nodeName':
      return spec?.nodeName ?? ''
    case 'spec.serviceAccountName':
      return spec?.serviceAccountName ?? ''
    case 'status.podIP':
      return status?.podIP ?? ''
    case 'status.podIPs':
      return (status?.podIPs ?? []).map(({ ip }) => ip).join(',')
    case 'status.hostIP':
      return status?.hostIP ?? ''
    case 'status.hostIPs':
      return (status?.hostIPs ?? []).map(({ ip }) => ip).join(',')
    default:
      throw new RuntimeError('CreateContainerConfigError', `unsupported fieldPath: ${path}`)
  }
}

/** `key="value"` lines in order of keys, as a file of the downward API has them. */
function formatMap(table: Readonly<Record<string, string>> | undefined): string {
  const entries = Object.entries(table ?? {}).sort(byKey)
  return entries.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join('\n')
}

export function resourceValue(
  pod: V1Pod,
  container: V1Container,
  { containerName, resource, divisor = '1' }: V1ResourceFieldSelector,
): string {
  const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
  const subject = containerName === undefined ? container : all.find(({ name }) => name === containerName)
  if (subject === undefined) {
    throw new RuntimeError('CreateContainerConfigError', `container ${containerName ?? ''} not found`)
  }
  const [kind = '', ...rest] = resource.split('.')
  const name = rest.join('.')
  const table = kind === 'limits' ? subject.resources?.limits : subject.resources?.requests
  const quantity = table?.[name] ?? (kind === 'limits' ? ISOLATE_LIMITS[name] : undefined) ?? '0'
  const unit = divisor === '' || divisor === '0' ? '1' : divisor
  if (name === 'cpu') return String(Math.ceil(milliValue(quantity) / milliValue(unit)))
  const { nanos } = parseQuantity(quantity)
  const by = parseQuantity(unit).nanos
  return String((nanos + by - 1n) / by)
}
