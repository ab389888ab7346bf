/**
 * MutatingWebhookConfiguration: programs that may change objects on their way in.
 * This is the kind's one entry (admissionregistration.k8s.io/v1); it says what the kind is, and does nothing
 * itself.
 * Upstream: kubernetes/kubernetes pkg/registry/admissionregistration/mutatingwebhookconfiguration.
 */
import { defineKind } from '../define-kind.ts'
import type { V1MutatingWebhookConfiguration } from '../generated/types.ts'
import { webhookConfigurationStrategy } from './webhook-validation.ts'

export const mutatingWebhookConfiguration = defineKind<V1MutatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  resource: 'mutatingwebhookconfigurations',
  scope: 'Cluster',
  type: 'V1MutatingWebhookConfiguration',
  categories: ['api-extensions'],
  strategy: webhookConfigurationStrategy,
})
