/**
 * What an apply is told that would take fields from others (k8s.io/apimachinery
 * pkg/util/managedfields/internal/conflict.go). Conflicts are sorted by manager, which upstream leaves to chance.
 */
import { ascending } from '../../lib/order.ts'
import { MAX_TOLD_TEXT, quote } from '../field-path.ts'
import { ApiStatusError } from '../status-error.ts'
import { countPaths, eachPath, type FieldSet } from './field-set.ts'
import { managerId, type Manager } from './managers.ts'
import { formatElement, type PathElement } from './elements/path-element.ts'

/** What an apply would take from one of them. */
export interface Conflict {
  readonly manager: Manager
  readonly fields: FieldSet
}

/** An apply was not forced and would change what others own. */
export class ConflictError extends Error {
  readonly conflicts: readonly Conflict[]

  constructor(conflicts: readonly Conflict[]) {
    super('an apply conflicts with other managers')
    this.conflicts = conflicts
  }
}

export function conflictsOf(owners: readonly Conflict[]): Conflict[] {
  return owners
    .map((owner) => ({ ...owner, id: managerId(owner.manager) }))
    .toSorted((left, right) => ascending(left.id, right.id))
    .map(({ manager, fields }) => ({ manager, fields }))
}

export function conflictStatus(conflicts: readonly Conflict[]): ApiStatusError {
  const told = toldOf(conflicts)
  const causes = told.flatMap(({ manager, paths }) => {
    const message = `conflict with ${manager}`
    return paths.map((field) => ({ reason: 'FieldManagerConflict', message, field }))
  })
  return new ApiStatusError('Conflict', formatConflicts(conflicts, told), { causes })
}

/** A manager, and what it is told to be in conflict about. */
interface Told {
  readonly manager: string
  readonly paths: readonly string[]
}

function toldOf(conflicts: readonly Conflict[]): Told[] {
  let left = MAX_TOLD_TEXT
  return conflicts.flatMap(({ manager, fields }) => {
    const paths: string[] = []
    if (left > 0) {
      eachPath(fields, (path) => {
        const text = formatPath(path)
        paths.push(text)
        left -= text.length
        return left > 0
      })
    }
    return paths.length === 0 ? [] : [{ manager: formatManager(manager), paths }]
  })
}

function formatConflicts(conflicts: readonly Conflict[], told: readonly Told[]): string {
  const count = conflicts.reduce((sum, { fields }) => sum + countPaths(fields), 0)
  if (count === 1) return `Apply failed with 1 conflict: ${told.map(formatOnly).join('')}`
  const lines = told.flatMap(({ manager, paths }) => [
    `conflicts with ${manager}:`, ...paths.map((path) => `- ${path}`),
  ])
  return `Apply failed with ${String(count)} conflicts: ${lines.join('\n')}`
}

function formatOnly({ manager, paths: [path = ''] }: Told): string {
  return `conflict with ${manager}: ${path}`
}

function formatPath(path: readonly PathElement[]): string {
  return path.map((element) => formatElement(element)).join('')
}

function formatManager({ manager, operation, apiVersion, subresource }: Manager): string {
  const within = subresource === '' ? '' : ` with subresource ${quote(subresource)}`
  return `${quote(manager)}${within}${operation === 'Update' ? ` using ${apiVersion}` : ''}`
}
