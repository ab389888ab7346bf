/**
 * metav1.Table of objects: the columns of their kind, or NAME and AGE where a kind names none
 * (k8s.io/apiserver pkg/endpoints/handlers/response.go, pkg/registry/rest/table.go).
 */
import { metadataText } from '../../registry/managed-text.ts'
import { parseWithoutManagedFields } from '../../registry/object-text.ts'
import { ageColumn, nameColumn } from '../../apis/table-columns.ts'
import type { KindDefinition } from '../../apis/define-kind.ts'
import type { Column, ColumnDefinition } from '../../apimachinery/table.ts'
import type { AnyObject, ListMeta } from '../../apimachinery/meta.ts'

export interface TableOptions {
  readonly nowMs: number
  readonly includeObject: string
  readonly form: { readonly metaVersion: string }
}

interface Table {
  readonly kind: 'Table'
  readonly apiVersion: string
  readonly metadata: ListMeta
  readonly columnDefinitions: readonly ColumnDefinition[] | null
  readonly rows: readonly unknown[]
}

/** What a table needs to know of a kind. */
export type Printed = Pick<KindDefinition, 'columns' | 'rowConditions'>

const FALLBACK_COLUMNS: readonly Column[] = [nameColumn, ageColumn]

export function columnsOf(definition: Printed): readonly Column[] {
  return definition.columns.length > 0 ? definition.columns : FALLBACK_COLUMNS
}

/** `withColumns`: a watch sends the column definitions in its first event only. */
export function tableOf(
  definition: Printed,
  subjects: readonly AnyObject[],
  metadata: ListMeta,
  options: TableOptions,
  withColumns = true,
): Table {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.form.metaVersion}`,
    metadata,
    columnDefinitions: withColumns ? columnDefinitionsOf(definition) : null,
    rows: subjects.map((subject) => rowOf(definition, subject, options)),
  }
}

export function columnDefinitionsOf(definition: Printed): ColumnDefinition[] {
  return columnsOf(definition).map(({ name, type, format, description, priority }) => ({
    name,
    type,
    format,
    description,
    priority,
  }))
}

function rowOf(definition: Printed, subject: AnyObject, options: TableOptions): unknown {
  return { ...shownOf(definition, subject, options), object: rowObject(subject, options) }
}

function shownOf(definition: Printed, subject: AnyObject, { nowMs }: TableOptions): object {
  const cells = columnsOf(definition).map((column) => column.cell(subject, nowMs))
  const conditions = definition.rowConditions?.(subject) ?? []
  return { cells, ...(conditions.length === 0 ? {} : { conditions }) }
}

/** The row of an object's text, whose metadata is passed on as it is. */
export function rowText(definition: Printed, text: string, options: TableOptions): string {
  const shown = JSON.stringify(shownOf(definition, parseWithoutManagedFields(text), options))
  return `${shown.slice(0, -1)},"object":${rowObjectText(text, options)}}`
}

function rowObjectText(text: string, { includeObject, form }: TableOptions): string {
  if (includeObject === 'Object') return text
  return includeObject === 'None' ? 'null' : partialText(text, form.metaVersion)
}

/** PartialObjectMetadata of an object's text. */
export function partialText(text: string, metaVersion: string): string {
  return `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${metaVersion}","metadata":${metadataText(text)}}`
}

function rowObject(subject: AnyObject, { includeObject, form }: TableOptions): unknown {
  switch (includeObject) {
    case 'Object':
      return subject
    case 'None':
      return null
    default:
      return {
        kind: 'PartialObjectMetadata',
        apiVersion: `meta.k8s.io/${form.metaVersion}`,
        metadata: subject.metadata,
      }
  }
}
