/**
 * Access to devices that others use is for namespaces which are labelled for it.
 * Upstream: kubernetes/kubernetes pkg/registry/resource/utils.go, AuthorizedForAdmin, AuthorizedForAdminStatus.
 */
import { childPath, forbidden, indexPath, type FieldError } from '../../apimachinery/field-path.ts'
import type { Facts } from '../define-kind.ts'
import type { V1DeviceClaim, V1ResourceClaimStatus } from '../generated/types.ts'
import { itemsOf } from '../validation/rules.ts'

const LABEL = 'resource.kubernetes.io/admin-access'

function refusal(places: readonly (boolean | undefined)[], at: string, facts: Facts | undefined): FieldError[] {
  const place = places.indexOf(true)
  if (place === -1 || facts === undefined || facts.namespaceLabels()[LABEL] === 'true') return []
  const why = `admin access to devices requires the \`${LABEL}: true\` label on the containing namespace`
  return [forbidden(childPath(indexPath(at, place), 'adminAccess'), why)]
}

/** Of a new claim, and of a template: the path is that of a claim in either. */
export function validateAdminAccess({ requests }: V1DeviceClaim, facts: Facts | undefined): FieldError[] {
  return refusal(itemsOf(requests).map(({ exactly }) => exactly?.adminAccess), 'spec.devices.requests', facts)
}

/** What was granted already is not asked for again. */
export function validateAdminStatus(
  next: V1ResourceClaimStatus | undefined,
  previous: V1ResourceClaimStatus | undefined,
  facts: Facts | undefined,
): FieldError[] {
  const granted = (status: V1ResourceClaimStatus | undefined): (boolean | undefined)[] =>
    itemsOf(status?.allocation?.devices?.results).map(({ adminAccess }) => adminAccess)
  if (granted(previous).includes(true)) return []
  return refusal(granted(next), 'status.allocation.devices.results', facts)
}
