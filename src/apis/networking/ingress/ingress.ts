/**
 * Ingress: routes of HTTP hosts and paths to Services.
 * This is the kind's one entry (networking.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/networking/ingress.
 */
import { defineKind } from '../../define-kind.ts'
import { STATUS } from '../../subresources.ts'
import type { V1Ingress } from '../../generated/types.ts'
import { ingressColumns } from '../columns.ts'
import { ingressStrategy } from './strategy.ts'

export const ingress = defineKind<V1Ingress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  resource: 'ingresses',
  scope: 'Namespaced',
  type: 'V1Ingress',
  shortNames: ['ing'],
  subresources: [STATUS],
  columns: ingressColumns,
  strategy: ingressStrategy,
  notActedUpon: 'Ingress: nothing acts on it yet: an Ingress controller is not built',
})
