/**
 * Keeps what priority and fairness is configured by: the objects that every cluster has (kubernetes
 * pkg/registry/flowcontrol/rest/storage_flowcontrol.go), and on each FlowSchema whether its level is there. Enforcement
 * reads its copy of the policy and needs neither (apiserver/operations/flow).
 */
import type { KindRef } from '../../../apis/define-kind.ts'
import {
  mandatoryLevels, mandatorySchemas, suggestedLevels, suggestedSchemas,
} from '../../../apis/flowcontrol/bootstrap-objects.ts'
import { flowSchema } from '../../../apis/flowcontrol/flow-schema.ts'
import { priorityLevelConfiguration } from '../../../apis/flowcontrol/priority-level-configuration.ts'
import type { Operation } from '../../../client/client.ts'
import { statusErrorFrom } from '../../../apimachinery/status-error.ts'
import type { Controller } from '../../../reconcile/define-controller.ts'
import { defineController, done } from '../../../reconcile/define-controller.ts'
import type { Lister } from '../../../reconcile/lister.ts'
import type { FlowObject } from './plan.ts'
import { danglingOf, isForsaken, revised } from './plan.ts'

const DEFAULTS = 'defaults'
const PRODUCER = { fieldManager: 'api-priority-and-fairness-config-producer-v1' }
const CONSUMER = {
  fieldManager: 'api-priority-and-fairness-config-consumer-v1',
  subresource: 'status',
  force: true,
} as const

const NAMES: ReadonlySet<string> = new Set(
  [...mandatoryLevels(), ...suggestedLevels(), ...mandatorySchemas(), ...suggestedSchemas()].map(
    ({ metadata }) => metadata.name ?? '',
  ),
)

/** It acts as the server itself, whose loopback client does this upstream. */
export const flowControlDefaultsController: Controller = defineController({
  name: 'flow-control-defaults',
  actsAs: 'bootstrap',
  scope: 'cluster',
  for: flowSchema,
  ignoresFor: true,
  watches: [flowSchema, priorityLevelConfiguration].map((kind) => ({
    kind,
    keysOf: ({ name }) => (NAMES.has(name) ? [DEFAULTS] : []),
  })),
  startKeys: [DEFAULTS],
  resyncSeconds: 600,
  async reconcile({ lister, client }) {
    const operations = [
      ...ensure(lister, priorityLevelConfiguration, suggestedLevels(), mandatoryLevels()),
      ...ensure(lister, flowSchema, suggestedSchemas(), mandatorySchemas()),
    ]
    if (operations.length === 0) return done
    for (const { error } of await client.batch('', operations)) {
      if (error !== undefined && error.reason !== 'AlreadyExists') throw statusErrorFrom(error)
    }
    return done
  },
})

function ensure<T extends FlowObject>(lister: Lister, kind: KindRef<T>, suggested: T[], mandatory: T[]): Operation[] {
  const wanted = [...suggested.map((object) => ({ object, isMandatory: false })), ...mandatory.map(asMandatory)]
  const operations = wanted.flatMap(({ object, isMandatory }): Operation[] => {
    const existing = lister.get(kind, object.metadata.name ?? '')
    if (existing === undefined) return [{ verb: 'create', kind, object, options: PRODUCER }]
    const next = revised(existing, object, isMandatory)
    return next === undefined ? [] : [{ verb: 'update', kind, object: next, options: PRODUCER }]
  })
  const names = new Set(wanted.map(({ object }) => object.metadata.name ?? ''))
  const forsaken = lister.list(kind).filter((one) => isForsaken(one, names))
  const removals = forsaken.map(({ metadata }): Operation => ({ verb: 'delete', kind, name: metadata.name ?? '' }))
  return [...operations, ...removals]
}

function asMandatory<T>(object: T): { readonly object: T; readonly isMandatory: boolean } {
  return { object, isMandatory: true }
}

export const flowSchemaStatusController: Controller = defineController({
  name: 'flow-schema-status',
  actsAs: 'bootstrap',
  scope: 'cluster',
  for: flowSchema,
  watches: [
    {
      kind: priorityLevelConfiguration,
      keysOf: ({ name }, { lister }) =>
        lister
          .list(flowSchema)
          .filter(({ spec }) => spec?.priorityLevelConfiguration.name === name)
          .map(({ metadata }) => metadata.name ?? ''),
    },
  ],
  resyncSeconds: 600,
  async reconcile({ lister, client, clock }, key) {
    const schema = lister.get(flowSchema, key)
    if (schema === undefined) return done
    const level = lister.get(priorityLevelConfiguration, schema.spec?.priorityLevelConfiguration.name ?? '')
    const condition = danglingOf(schema, level !== undefined, clock.now())
    if (condition === undefined) return done
    const { group, version, kind } = flowSchema
    const status = { conditions: [condition] }
    const applied = { apiVersion: `${group}/${version}`, kind, metadata: { name: key }, status }
    await client.patch(flowSchema, { name: key }, 'apply', applied, CONSUMER)
    return done
  },
})
