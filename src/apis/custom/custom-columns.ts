/**
 * Printer columns of custom resources: a JSONPath and a type make a cell (k8s.io/apiextensions-apiserver
 * pkg/registry/customresource/tableconvertor). A path that cannot be read turns the whole set of columns off, as
 * upstream does; a value of another type than the column's shows as nothing.
 */
import { isNumeric } from '../../lib/exact-json.ts'
import { humanDuration } from '../../apimachinery/human-duration.ts'
import { printSorted } from '../../apimachinery/patch/json-value.ts'
import type { Cell, Column } from '../../apimachinery/table.ts'
import type { V1CustomResourceColumnDefinition } from '../generated/types.ts'
import { UNKNOWN, nameColumn } from '../table-columns.ts'
import type { JsonPath } from './json-path.ts'
import { readableJsonPath } from './json-path.ts'

/** What a version without columns of its own has. */
const AGE: V1CustomResourceColumnDefinition = {
  name: 'Age',
  type: 'date',
  description: 'How long ago the object was created.',
  jsonPath: '.metadata.creationTimestamp',
}

type ColumnType = Column['type']

export function customColumns(columns: readonly V1CustomResourceColumnDefinition[] | undefined): readonly Column[] {
  const wanted = columns === undefined || columns.length === 0 ? [AGE] : columns
  const made: Column[] = [nameColumn]
  for (const column of wanted) {
    const path = readableJsonPath(column.jsonPath)
    if (path === undefined) return made
    made.push(customColumn(column, path))
  }
  return made
}

function customColumn(
  { name, type, format = '', description = '', priority = 0, jsonPath }: V1CustomResourceColumnDefinition,
  path: JsonPath,
): Column {
  return {
    name,
    type: type as ColumnType,
    format,
    description: description === '' ? `Custom resource definition column (in JSONPath format): ${jsonPath}` : description,
    priority,
    cell(subject, nowMs) {
      const found = path(subject)
      return found.length === 0 ? null : cellOf(type as ColumnType, found[0], nowMs)
    },
  }
}

function cellOf(type: ColumnType, value: unknown, nowMs: number): Cell {
  if (type === 'string') return textOf(value)
  if (value === null || value === undefined) return null
  switch (type) {
    case 'integer':
      return typeof value === 'bigint' ? value : typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return isNumeric(value) ? Number(value) : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'date':
      return typeof value === 'string' ? dateOf(value, nowMs) : null
  }
}

/** As Go prints it: what has parts as JSON, what is not there in its template's words. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '<no value>'
  return typeof value === 'string' ? value : printSorted(value)
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

function dateOf(text: string, nowMs: number): string {
  if (text === '') return UNKNOWN
  const timeMs = RFC3339.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(timeMs) ? '<invalid>' : humanDuration(nowMs - timeMs)
}
