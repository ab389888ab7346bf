/** Columns of networking.k8s.io/v1. Upstream: kubernetes/kubernetes pkg/printers/internalversion/printers.go. */
import type { Column } from '../../apimachinery/table.ts'
import type { V1IPAddress, V1Ingress, V1IngressClass, V1NetworkPolicy, V1ServiceCIDR } from '../generated/types.ts'
import { NONE, ageColumn, column, listed, nameColumn, orNone, selectorText } from '../table-columns.ts'

function hostsText({ spec }: V1Ingress): string {
  const hosts = (spec?.rules ?? []).map(({ host }) => host ?? '').filter((host) => host !== '')
  return listed(hosts, '*')
}

function addressText({ status }: V1Ingress): string {
  const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '')
  return [...new Set(addresses)]
    .filter((address) => address !== '')
    .toSorted()
    .join(',')
}

export const ingressColumns: readonly Column<V1Ingress>[] = [
  nameColumn,
  column('Class', ({ spec }) => spec?.ingressClassName ?? NONE),
  column('Hosts', hostsText),
  column('Address', addressText),
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
  if (parent === undefined) return ''
  const { group = '', resource, namespace = '', name } = parent
  return [group === '' ? resource : `${resource}.${group}`, namespace, name].filter((part) => part !== '').join('/')
}

export const ipAddressColumns: readonly Column<V1IPAddress>[] = [nameColumn, column('ParentRef', parentText), ageColumn]

export const networkPolicyColumns: readonly Column<V1NetworkPolicy>[] = [
  nameColumn,
  column('Pod-Selector', ({ spec }) => selectorText(spec?.podSelector)),
  ageColumn,
]

export const serviceCIDRColumns: readonly Column<V1ServiceCIDR>[] = [
  nameColumn,
  column('CIDRs', ({ spec }) => orNone(spec?.cidrs?.join(','))),
  ageColumn,
]
