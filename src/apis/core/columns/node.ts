/** Columns of nodes. Upstream: kubernetes/kubernetes pkg/printers/internalversion/printers.go, printNode. */
import type { Column } from '../../../apimachinery/table.ts'
import type { V1Node } from '../../generated/types.ts'
import { NONE, UNKNOWN, ageColumn, column, nameColumn } from '../../table-columns.ts'

const ROLE_PREFIX = 'node-role.kubernetes.io/'
const OLD_ROLE_LABEL = 'kubernetes.io/role'

function statusText({ spec, status }: V1Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  const words = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady']
  if (spec?.unschedulable === true) words.push('SchedulingDisabled')
  return words.join(',')
}

function rolesText({ metadata }: V1Node): string {
  const roles = new Set<string>()
  for (const [label, value] of Object.entries(metadata.labels ?? {})) {
    if (label.startsWith(ROLE_PREFIX) && label.length > ROLE_PREFIX.length) roles.add(label.slice(ROLE_PREFIX.length))
    else if (label === OLD_ROLE_LABEL && value !== '') roles.add(value)
  }
  return roles.size > 0 ? [...roles].toSorted().join(',') : NONE
}

function addressOf({ status }: V1Node, wanted: string): string {
  return status?.addresses?.find(({ type }) => type === wanted)?.address ?? NONE
}

function orUnknown(text: string | undefined): string {
  return text === undefined || text === '' ? UNKNOWN : text
}

/** With the architecture, since 1.36. */
function kernelText({ status }: V1Node): string {
  const { kernelVersion, architecture = '' } = status?.nodeInfo ?? {}
  return `${orUnknown(kernelVersion)}${architecture === '' ? '' : ` (${architecture})`}`
}

export const nodeColumns: readonly Column<V1Node>[] = [
  nameColumn,
  column('Status', statusText),
  column('Roles', rolesText),
  ageColumn,
  column('Version', ({ status }) => status?.nodeInfo?.kubeletVersion ?? ''),
  column('Internal-IP', (node) => addressOf(node, 'InternalIP'), { isWide: true }),
  column('External-IP', (node) => addressOf(node, 'ExternalIP'), { isWide: true }),
  column('OS-Image', ({ status }) => orUnknown(status?.nodeInfo?.osImage), { isWide: true }),
  column('Kernel-Version', kernelText, { isWide: true }),
  column('Container-Runtime', ({ status }) => orUnknown(status?.nodeInfo?.containerRuntimeVersion), { isWide: true }),
]
