/**
 * ValidatingWebhookConfiguration: programs that may refuse objects on their way in.
 * This is the kind's one entry (admissionregistration.k8s.io/v1); it says what the kind is, and does nothing
 * itself.
 * Upstream: kubernetes/kubernetes pkg/registry/admissionregistration/validatingwebhookconfiguration.
 */
import { defineKind } from '../define-kind.ts'
import type { V1ValidatingWebhookConfiguration } from '../generated/types.ts'
import { webhookConfigurationStrategy } from './webhook-validation.ts'

export const validatingWebhookConfiguration = defineKind<V1ValidatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  resource: 'validatingwebhookconfigurations',
  scope: 'Cluster',
  type: 'V1ValidatingWebhookConfiguration',
  categories: ['api-extensions'],
  strategy: webhookConfigurationStrategy,
})
