/**
 * CustomResourceDefinition: a kind that users bring.
 * This is the kind's one entry (apiextensions.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: k8s.io/apiextensions-apiserver pkg/registry/customresourcedefinition.
 */
import { definitionStrategy, hiddenFieldsOf } from '../custom/definition-strategy.ts'
import { defineKind } from '../define-kind.ts'
import { STATUS } from '../subresources.ts'
import { createdAtColumns } from '../table-columns.ts'
import { loadRules } from './rules/load-rules.ts'
import type { V1CustomResourceDefinition } from '../generated/types.ts'

export const customResourceDefinition = defineKind<V1CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  resource: 'customresourcedefinitions',
  scope: 'Cluster',
  type: 'V1CustomResourceDefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  subresources: [STATUS],
  columns: createdAtColumns,
  hiddenFields: hiddenFieldsOf,
  load: loadRules,
  strategy: definitionStrategy,
})
