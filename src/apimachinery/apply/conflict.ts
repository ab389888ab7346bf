/**
 * What an apply is told that would take fields from others (k8s.io/apimachinery
 * pkg/util/managedfields/internal/conflict.go). Conflicts are sorted by manager, which upstream leaves to chance.
 */
import { ascending } from '../../lib/order.ts'
import { quote } from '../field-path.ts'
import { ApiStatusError } from '../status-error.ts'
import { pathsOf, setOf, type FieldSet } from './field-set.ts'
import { managerId, type Manager } from './managers.ts'
import { formatElement, type PathElement } from './elements/path-element.ts'

export interface Conflict {
  readonly manager: Manager
  readonly path: readonly PathElement[]
}

/** An apply was not forced and would change what others own. */
export class ConflictError extends Error {
  readonly conflicts: readonly Conflict[]

  constructor(conflicts: readonly Conflict[]) {
    super('an apply conflicts with other managers')
    this.conflicts = conflicts
  }
}

export function conflictsOf(owners: readonly { manager: Manager; fields: FieldSet }[]): Conflict[] {
  return owners
    .map((owner) => ({ ...owner, id: managerId(owner.manager) }))
    .toSorted((left, right) => ascending(left.id, right.id))
    .flatMap(({ manager, fields }) => pathsOf(fields).map((path) => ({ manager, path })))
}

export function fieldsOfConflicts(conflicts: readonly Conflict[]): FieldSet {
  return setOf(...conflicts.map(({ path }) => path))
}

export function conflictStatus(conflicts: readonly Conflict[]): ApiStatusError {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${formatManager(manager)}`,
    field: formatPath(path),
  }))
  return new ApiStatusError('Conflict', formatConflicts(conflicts), { causes })
}

function formatConflicts(conflicts: readonly Conflict[]): string {
  const [first] = conflicts
  if (conflicts.length === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: conflict with ${formatManager(first.manager)}: ${formatPath(first.path)}`
  }
  const lines: string[] = []
  let last: Manager | undefined
  for (const { manager, path } of conflicts) {
    if (manager !== last) lines.push(`conflicts with ${formatManager(manager)}:`)
    last = manager
    lines.push(`- ${formatPath(path)}`)
  }
  return `Apply failed with ${String(conflicts.length)} conflicts: ${lines.join('\n')}`
}

function formatPath(path: readonly PathElement[]): string {
  return path.map((element) => formatElement(element)).join('')
}

function formatManager({ manager, operation, apiVersion, subresource }: Manager): string {
  const within = subresource === '' ? '' : ` with subresource ${quote(subresource)}`
  return `${quote(manager)}${within}${operation === 'Update' ? ` using ${apiVersion}` : ''}`
}
