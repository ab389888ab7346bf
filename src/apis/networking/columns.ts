/** Columns of networking.k8s.io/v1. Upstream: kubernetes/kubernetes pkg/printers/internalversion/printers.go. */
import type { Column } from '../../apimachinery/table.ts'
import type { V1IPAddress, V1Ingress, V1IngressClass, V1NetworkPolicy, V1ServiceCIDR } from '../generated/types.ts'
import { NONE, ageColumn, column, ingressAddresses, nameColumn, selectorText } from '../table-columns.ts'

const MAX_HOSTS = 3

/** Unlike in other lists, what is more is counted in rules: those without a host count too. */
function hostsText({ spec }: V1Ingress): string {
  const rules = spec?.rules ?? []
  const hosts: string[] = []
  let hasMore = false
  for (const { host = '' } of rules) {
    hasMore ||= hosts.length === MAX_HOSTS
    if (!hasMore && host !== '') hosts.push(host)
  }
  if (hosts.length === 0) return '*'
  return hasMore ? `${hosts.join(',')} + ${String(rules.length - MAX_HOSTS)} more...` : hosts.join(',')
}

export const ingressColumns: readonly Column<V1Ingress>[] = [
  nameColumn,
  column('Class', ({ spec }) => spec?.ingressClassName ?? NONE),
  column('Hosts', hostsText),
  column('Address', ({ status }) => ingressAddresses(status?.loadBalancer?.ingress).join(',')),
  column('Ports', ({ spec }) => ((spec?.tls ?? []).length > 0 ? '80, 443' : '80')),
  ageColumn,
]

function parametersText({ spec }: V1IngressClass): string {
  const parameters = spec?.parameters
  if (parameters === undefined) return NONE
  const group = parameters.apiGroup === undefined ? '' : `.${parameters.apiGroup}`
  return `${parameters.kind}${group}/${parameters.name}`
}

export const ingressClassColumns: readonly Column<V1IngressClass>[] = [
  nameColumn,
  column('Controller', ({ spec }) => spec?.controller ?? ''),
  column('Parameters', parametersText),
  ageColumn,
]

/** `services/default/kubernetes`, with the group after the resource if there is one. */
function parentText({ spec }: V1IPAddress): string {
  const parent = spec?.parentRef
  if (parent === undefined) return NONE
  const { group = '', resource, namespace = '', name } = parent
  return [group === '' ? resource : `${resource}.${group}`, namespace, name].filter((part) => part !== '').join('/')
}

/** Upstream prints the age of these and names no column for it. */
export const ipAddressColumns: readonly Column<V1IPAddress>[] = [
  nameColumn,
  column('ParentRef', parentText),
  { ...ageColumn, isWithoutHeader: true },
]

export const networkPolicyColumns: readonly Column<V1NetworkPolicy>[] = [
  nameColumn,
  column('Pod-Selector', ({ spec }) => selectorText(spec?.podSelector)),
  ageColumn,
]

export const serviceCIDRColumns: readonly Column<V1ServiceCIDR>[] = [
  nameColumn,
  column('CIDRs', ({ spec }) => (spec?.cidrs ?? []).join(',')),
  ageColumn,
]
