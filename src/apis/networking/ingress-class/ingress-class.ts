/**
 * IngressClass: which controller serves an Ingress.
 * This is the kind's one entry (networking.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/networking/ingressclass.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1IngressClass } from '../../generated/types.ts'
import { ingressClassColumns } from '../columns.ts'
import { ingressClassStrategy } from './strategy.ts'

export const ingressClass = defineKind<V1IngressClass>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  resource: 'ingressclasses',
  scope: 'Cluster',
  type: 'V1IngressClass',
  columns: ingressClassColumns,
  strategy: ingressClassStrategy,
  notActedUpon: 'IngressClass: nothing acts on it yet: an Ingress controller is not built',
})
