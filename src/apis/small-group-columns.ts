/**
 * Columns of groups with one or two kinds. Upstream: kubernetes/kubernetes
 * pkg/printers/internalversion/printers.go, the function named before each.
 */
import { humanDuration } from '../apimachinery/human-duration.ts'
import type { Column } from '../apimachinery/table.ts'
import type {
  ResourceV1ResourceClaim,
  V1CertificateSigningRequest,
  V1Lease,
  V1PodDisruptionBudget,
  V1PriorityClass,
  V1ResourceSlice,
  V1RuntimeClass,
} from './generated/types.ts'
import { NONE, ageColumn, column, countColumn, nameColumn } from './table-columns.ts'
import type { Cluster } from './workernetes/structure.ts'

// printLease
export const leaseColumns: readonly Column<V1Lease>[] = [
  nameColumn,
  column('Holder', ({ spec }) => spec?.holderIdentity ?? ''),
  ageColumn,
]

// printPriorityClass
export const priorityClassColumns: readonly Column<V1PriorityClass>[] = [
  nameColumn,
  column('Value', ({ value }) => value ?? 0, { type: 'integer' }),
  column('Global-Default', ({ globalDefault }) => globalDefault ?? false, { type: 'boolean' }),
  ageColumn,
  column('PreemptionPolicy', ({ preemptionPolicy }) => preemptionPolicy ?? ''),
]

// printRuntimeClass
export const runtimeClassColumns: readonly Column<V1RuntimeClass>[] = [
  nameColumn,
  column('Handler', ({ handler }) => handler),
  ageColumn,
]

const orNotApplicable = (value: number | string | undefined): string => (value === undefined ? 'N/A' : String(value))

// printPodDisruptionBudget
export const podDisruptionBudgetColumns: readonly Column<V1PodDisruptionBudget>[] = [
  nameColumn,
  column('Min Available', ({ spec }) => orNotApplicable(spec?.minAvailable)),
  column('Max Unavailable', ({ spec }) => orNotApplicable(spec?.maxUnavailable)),
  countColumn('Allowed Disruptions', ({ status }) => status?.disruptionsAllowed),
  ageColumn,
]

/** Approval and refusal win over what else is said; a certificate means that it was issued. */
function requestText({ status }: V1CertificateSigningRequest): string {
  const types = new Set((status?.conditions ?? []).map(({ type }) => type))
  const decided = types.has('Denied') ? 'Denied' : types.has('Approved') ? 'Approved' : 'Pending'
  const words = [decided]
  if (types.has('Failed')) words.push('Failed')
  if ((status?.certificate ?? '') !== '') words.push('Issued')
  return words.join(',')
}

// printCertificateSigningRequest
export const certificateSigningRequestColumns: readonly Column<V1CertificateSigningRequest>[] = [
  nameColumn,
  ageColumn,
  column('SignerName', ({ spec }) => (spec.signerName === '' ? NONE : spec.signerName)),
  column('Requestor', ({ spec }) => spec.username ?? ''),
  column('RequestedDuration', ({ spec }) =>
    spec.expirationSeconds === undefined ? NONE : humanDuration(spec.expirationSeconds * 1000),
  ),
  column('Condition', requestText),
]

/** `pending`, or `deleted,allocated,reserved` as far as each holds. */
function claimText({ metadata, status }: ResourceV1ResourceClaim): string {
  const states = [
    metadata.deletionTimestamp === undefined ? '' : 'deleted',
    status?.allocation === undefined ? (metadata.deletionTimestamp === undefined ? 'pending' : '') : 'allocated',
    (status?.reservedFor ?? []).length > 0 ? 'reserved' : '',
  ]
  return states.filter((state) => state !== '').join(',')
}

// printResourceClaim
export const resourceClaimColumns: readonly Column<ResourceV1ResourceClaim>[] = [
  nameColumn,
  column('State', claimText),
  ageColumn,
]

// printResourceSlice
export const resourceSliceColumns: readonly Column<V1ResourceSlice>[] = [
  nameColumn,
  column('Node', ({ spec }) => spec?.nodeName ?? ''),
  column('Driver', ({ spec }) => spec?.driver ?? ''),
  column('Pool', ({ spec }) => spec?.pool?.name ?? ''),
  ageColumn,
]

/** Ours. */
export const clusterColumns: readonly Column<Cluster>[] = [
  nameColumn,
  column('Status', ({ status }) => status?.phase ?? ''),
  ageColumn,
  column('Path', ({ metadata }) => `/clusters/${metadata.name ?? ''}`, {
    isWide: true,
    description: 'Where the cluster answers, below the address of this API.',
  }),
  column('Description', ({ spec }) => spec?.description ?? '', {
    isWide: true,
    description: 'What the cluster is for, in the words of its owner.',
  }),
]
