/** Cells of printed columns by their header, as the tests of columns compare them. */
import type { AnyObject } from '../../src/apimachinery/meta.ts'
import { KINDS } from '../../src/apis/kinds.ts'

export const NOW = Date.parse('2026-01-02T00:00:00Z')

export function columnsOf(resource: string): (typeof KINDS)[number]['columns'] {
  const definition = KINDS.find(({ group, resource: name }) => (group === '' ? name : `${name}.${group}`) === resource)
  if (definition === undefined) throw new Error(`no kind ${resource}`)
  return definition.columns
}

/** Cells by header, of an object that is five minutes old. */
export function cells(resource: string, body: object): Record<string, unknown> {
  const metadata = { name: 'x', creationTimestamp: '2026-01-01T23:55:00Z', ...(body as { metadata?: object }).metadata }
  const subject: AnyObject = { apiVersion: 'v1', kind: 'X', ...body, metadata }
  return Object.fromEntries(columnsOf(resource).map(({ name, cell }) => [name, cell(subject, NOW)]))
}
