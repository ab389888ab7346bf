/**
 * Columns of EndpointSlices. Upstream: kubernetes/kubernetes pkg/printers/internalversion/printers.go,
 * printEndpointSlice.
 */
import type { Column } from '../../apimachinery/table.ts'
import type { V1EndpointSlice } from '../generated/types.ts'
import { itemsOf } from '../validation/rules.ts'
import { UNSET, ageColumn, column, listed, nameColumn } from '../table-columns.ts'

function portsText({ ports }: V1EndpointSlice): string {
  const texts = (ports ?? []).map(({ port, name }) => (port === undefined ? (name ?? '*') : String(port)))
  return listed(texts, UNSET)
}

export const endpointSliceColumns: readonly Column<V1EndpointSlice>[] = [
  nameColumn,
  column('AddressType', ({ addressType }) => addressType),
  column('Ports', portsText),
  column('Endpoints', ({ endpoints }) =>
    listed(
      itemsOf(endpoints).flatMap(({ addresses }) => addresses),
      UNSET,
    ),
  ),
  ageColumn,
]
