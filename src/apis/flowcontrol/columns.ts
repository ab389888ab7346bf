/**
 * Columns of priority and fairness. Upstream: kubernetes/kubernetes pkg/printers/internalversion/printers.go,
 * printFlowSchema and printPriorityLevelConfiguration.
 */
import type { Column } from '../../apimachinery/table.ts'
import type { V1FlowSchema, V1FlowSchemaSpec, V1PriorityLevelConfiguration } from '../generated/types.ts'
import { NONE, ageColumn, column, nameColumn } from '../table-columns.ts'

function levelOf(spec: Partial<V1FlowSchemaSpec> | undefined): string {
  return spec?.priorityLevelConfiguration?.name ?? ''
}

export const flowSchemaColumns: readonly Column<V1FlowSchema>[] = [
  nameColumn,
  column('PriorityLevel', ({ spec }) => levelOf(spec)),
  column('MatchingPrecedence', ({ spec }) => spec?.matchingPrecedence ?? 0),
  column('DistinguisherMethod', ({ spec }) => spec?.distinguisherMethod?.type ?? NONE),
  ageColumn,
  column('MissingPL', ({ status }) => status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?'),
]

export const priorityLevelColumns: readonly Column<V1PriorityLevelConfiguration>[] = [
  nameColumn,
  column('Type', ({ spec }) => spec?.type ?? ''),
  column('NominalConcurrencyShares', ({ spec }) => spec?.limited?.nominalConcurrencyShares ?? NONE),
  column('Queues', ({ spec }) => spec?.limited?.limitResponse?.queuing?.queues ?? NONE),
  column('HandSize', ({ spec }) => spec?.limited?.limitResponse?.queuing?.handSize ?? NONE),
  column('QueueLengthLimit', ({ spec }) => spec?.limited?.limitResponse?.queuing?.queueLengthLimit ?? NONE),
  ageColumn,
]
