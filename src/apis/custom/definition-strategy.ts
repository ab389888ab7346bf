/**
 * How CustomResourceDefinitions behave: which versions objects may be stored in, and that a definition is never gone
 * before its instances are (k8s.io/apiextensions-apiserver pkg/registry/customresourcedefinition/{etcd,strategy}.go).
 */
import { loadedRules } from '../apiextensions/rules/load-rules.ts'
import { SCHEMA_TOOLS } from '../apiextensions/schema-tools.ts'
import { formatWarnings } from '../apiextensions/unknown-formats.ts'
import {
  definitionNameRule, validateDefinition, validateDefinitionStatus, validateDefinitionUpdate, type DefinitionContext,
} from '../apiextensions/validation/definition.ts'
import type { Strategy } from '../define-kind.ts'
import type { V1CustomResourceDefinition } from '../generated/types.ts'
import { specAndStatusStrategy } from '../status-strategy.ts'
import { itemsOf } from '../validation/rules.ts'
import type { DefinitionSummary } from './listed-kind.ts'
import { summaryOf } from './listed-kind.ts'

export const INSTANCES_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io'

/** Beside each stored definition: its summary (registry/kinds/definition-index.ts). */
const SUMMARY_FIELD = 'metadata.definitionSummary'

const usual = specAndStatusStrategy<V1CustomResourceDefinition>('V1CustomResourceDefinition', {
  countsGenerations: true,
})

export const definitionStrategy: Strategy<V1CustomResourceDefinition> = {
  ...usual,
  marksItself: 'alone',
  prepareForCreate(next, context) {
    usual.prepareForCreate?.(next, context)
    noteStorageVersion(next)
  },
  prepareForUpdate(next, previous, context) {
    usual.prepareForUpdate?.(next, previous, context)
    noteStorageVersion(next)
  },
  nameRule: definitionNameRule,
  validate: (next) => validateDefinition(next, judging()),
  validateUpdate: (next, previous) => validateDefinitionUpdate(next, previous, judging()),
  warnings: (next, previous) => [...formatWarnings(next, previous), ...bundleWarnings(next)],
  status: { ...usual.status, validateUpdate: validateDefinitionStatus },
  // The first DELETE always marks: instances may be anywhere.
  isHeldBySpec: ({ metadata }) => metadata.deletionTimestamp === undefined,
  prepareForDelete(next) {
    const { finalizers = [], deletionTimestamp } = next.metadata
    if (!finalizers.includes(INSTANCES_FINALIZER)) next.metadata.finalizers = [...finalizers, INSTANCES_FINALIZER]
    const condition = {
      type: 'Terminating',
      status: 'True',
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
      ...(deletionTimestamp === undefined ? {} : { lastTransitionTime: deletionTimestamp }),
    }
    const conditions = (next.status?.conditions ?? []).filter(({ type }) => type !== condition.type)
    next.status = { ...next.status, conditions: [...conditions, condition] }
  },
}

/** Differs: the platform has its own authorities, and takes no others for an address outside. */
function bundleWarnings({ spec }: V1CustomResourceDefinition): string[] {
  const { url = '', caBundle = '' } = spec.conversion?.webhook?.clientConfig ?? {}
  if (url === '' || caBundle === '') return []
  const field = 'spec.conversion.webhook.clientConfig.caBundle'
  return [`${field}: has no effect, a server at an address is verified by the public certificate authorities alone`]
}

function judging(): DefinitionContext {
  return { tools: SCHEMA_TOOLS, rules: loadedRules().judge }
}

export function hiddenFieldsOf(subject: V1CustomResourceDefinition): Record<string, string> {
  return { [SUMMARY_FIELD]: JSON.stringify(summaryOf(subject)) }
}

/** What is kept beside a stored definition. */
export function summaryIn({ fields }: { readonly fields: Readonly<Record<string, string>> }): DefinitionSummary {
  return JSON.parse(fields[SUMMARY_FIELD] ?? '{}') as DefinitionSummary
}

/** Where objects are stored from now on, they may still be when another version is. */
function noteStorageVersion(next: V1CustomResourceDefinition): void {
  const storage = itemsOf(next.spec.versions).find((version) => version.storage)?.name
  const stored = next.status?.storedVersions ?? []
  if (storage === undefined || stored.includes(storage)) return
  next.status = { ...next.status, storedVersions: [...stored, storage] }
}
