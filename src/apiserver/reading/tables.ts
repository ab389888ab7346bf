/**
 * metav1.Table of objects: the columns of their kind, or NAME and AGE where a kind names none
 * (k8s.io/apiserver pkg/endpoints/handlers/response.go, pkg/registry/rest/table.go).
 */
import { parseWithoutManagedFields, partialMetadata } from '../../registry/object-text.ts'
import { printJson } from '../../apimachinery/wire/print-json.ts'
import { ageColumn, createdAtColumns, nameColumn } from '../../apis/table-columns.ts'
import type { KindDefinition } from '../../apis/define-kind.ts'
import type { Column, ColumnDefinition } from '../../apimachinery/table.ts'
import type { AnyObject, ListMeta } from '../../apimachinery/meta.ts'

export interface TableOptions {
  readonly nowMs: number
  readonly includeObject: string
  readonly form: { readonly metaVersion: string }
}

/** What a table needs to know of a kind. */
export type Printed = Pick<KindDefinition, 'columns' | 'repeatsColumns' | 'rowConditions'>

const FALLBACK_COLUMNS: readonly Column[] = [nameColumn, ageColumn]

export function columnsOf(definition: Printed): readonly Column[] {
  return definition.columns.length > 0 ? definition.columns : FALLBACK_COLUMNS
}

/**
 * The table of objects' texts. `withColumns`: a watch sends the column definitions in its first event only, mostly.
 */
export function tableText(
  definition: Printed,
  metadata: ListMeta,
  rows: readonly string[],
  { form }: Pick<TableOptions, 'form'>,
  withColumns = true,
): string {
  const hasColumns = withColumns || definition.repeatsColumns === true
  const columns = hasColumns ? printJson(columnDefinitionsOf(definition)) : 'null'
  return `${openTable(metadata, columns, form)}${rows.join(',')}]}`
}

/** Everything before the first row; `columns` is JSON. */
export function openTable(metadata: ListMeta, columns: string, form: TableOptions['form']): string {
  return `${beforeRows(metadata, columns, form)}[`
}

/** The table of a list of nothing, where that is no empty list: kinds without a printer of their own only add rows. */
export function emptyTable(
  definition: Printed,
  metadata: ListMeta,
  columns: string,
  form: TableOptions['form'],
): string | undefined {
  return definition.columns === createdAtColumns ? `${beforeRows(metadata, columns, form)}null}` : undefined
}

function beforeRows(metadata: ListMeta, columns: string, { metaVersion }: TableOptions['form']): string {
  return (
    `{"kind":"Table","apiVersion":"meta.k8s.io/${metaVersion}","metadata":${printJson(metadata)},` +
    `"columnDefinitions":${columns},"rows":`
  )
}

export function columnDefinitionsOf(definition: Printed): ColumnDefinition[] {
  return columnsOf(definition)
    .filter(({ isWithoutHeader }) => isWithoutHeader !== true)
    .map(({ name, type, format, description, priority }) => ({ name, type, format, description, priority }))
}

function shownOf(definition: Printed, subject: AnyObject, { nowMs }: TableOptions): object {
  const cells = columnsOf(definition).map((column) => column.cell(subject, nowMs))
  const conditions = definition.rowConditions?.(subject) ?? []
  return { cells, ...(conditions.length === 0 ? {} : { conditions }) }
}

/** Of objects in the order of their names. */
export function inOrderOfRows<T extends { readonly text: string }>(
  { rowRank }: Pick<KindDefinition, 'rowRank'>,
  objects: readonly T[],
): readonly T[] {
  const ranked = objects.map((stored) => ({ stored, rank: rowRank?.(parseWithoutManagedFields(stored.text)) ?? 0 }))
  return ranked.toSorted((one, other) => one.rank - other.rank).map(({ stored }) => stored)
}

/** The row of an object's text, whose metadata is passed on as it is. */
export function rowText(definition: Printed, text: string, options: TableOptions): string {
  const shown = printJson(shownOf(definition, parseWithoutManagedFields(text), options))
  return `${shown.slice(0, -1)},"object":${rowObjectText(text, options)}}`
}

function rowObjectText(text: string, { includeObject, form }: TableOptions): string {
  if (includeObject === 'Object') return text
  return includeObject === 'None' ? 'null' : partialText(text, form.metaVersion)
}

/** PartialObjectMetadata of an object's text. */
export function partialText(text: string, metaVersion: string): string {
  return `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${metaVersion}","metadata":${partialMetadata(text)}}`
}
