/**
 * The list of kinds against bare facts of upstream's own OpenAPI document (GA groups), and its own order.
 */
import { describe, expect, it } from 'vitest'
import type { KindDefinition } from '../../src/apis/define-kind.ts'
import { KINDS, UNSERVED_KINDS, UNSERVED_SUBRESOURCES } from '../../src/apis/kinds.ts'
import { typeOfKind } from '../../src/apis/kind-type.ts'
import { schema } from '../../src/apis/schema.ts'
import kindFacts from '../fixtures/kind-facts.json' with { type: 'json' }

interface KindFact {
  readonly kind: string
  readonly scope: string
  readonly verbs: readonly string[]
  readonly subresources: Readonly<Record<string, readonly string[]>>
}

const facts: Readonly<Record<string, KindFact>> = kindFacts

const OWN_GROUP = 'workernetes.dev'
const all = [...KINDS, ...UNSERVED_KINDS.map(({ definition }) => definition)]
const upstream = all.filter(({ group }) => group !== OWN_GROUP)
const pathOf = ({ group, version, resource }: KindDefinition): string => `${group}/${version}/${resource}`

describe('the list of kinds', () => {
  it('has every GA kind of upstream, and no other', () => {
    expect(upstream.map(pathOf).toSorted()).toEqual(Object.keys(facts).toSorted())
  })

  it.each(upstream.map((definition) => [pathOf(definition), definition] as const))(
    '%s has the kind, scope and verbs of upstream',
    (path, { kind, scope, verbs }) => {
      const { kind: wantKind, scope: wantScope, verbs: wantVerbs } = facts[path] ?? {}
      expect({ kind, scope, verbs: [...verbs].toSorted() }).toEqual({
        kind: wantKind,
        scope: wantScope,
        verbs: wantVerbs,
      })
    },
  )

  it('names every subresource of served kinds that is not answered yet, and serves the others with their verbs', () => {
    for (const definition of KINDS.filter(({ group }) => group !== OWN_GROUP)) {
      const path = pathOf(definition)
      const unserved = UNSERVED_SUBRESOURCES[path] ?? []
      for (const [name, verbs] of Object.entries(facts[path]?.subresources ?? {})) {
        const served = definition.subresources.find((subresource) => subresource.name === name)
        expect(served === undefined, `${path}/${name}`).toBe(unserved.includes(name))
        if (served !== undefined) expect([path, name, served.verbs.toSorted()]).toEqual([path, name, verbs])
      }
    }
  })

  it('is sorted by group, version and kind', () => {
    const keys = KINDS.map(({ group, version, kind }) => `${group} ${version} ${kind}`)
    expect(keys).toEqual(keys.toSorted())
  })

  it.each(all.map((definition) => [pathOf(definition), definition] as const))(
    '%s has a type that the schema knows, with metadata',
    (_path, { type }) => {
      expect(schema.structOf(type).fields.has('metadata')).toBe(true)
    },
  )

  it('has a type for every body that a subresource speaks', () => {
    const scale = { group: 'autoscaling', version: 'v1', kind: 'Scale' }
    expect(typeOfKind(scale)).toBe('V1Scale')
    for (const { bodyKind } of KINDS.flatMap(({ subresources }) => subresources)) {
      // Options of streams travel as query parameters, never as bodies.
      if (bodyKind === undefined || bodyKind.kind.endsWith('Options')) continue
      expect([bodyKind.kind, schema.hasType(typeOfKind(bodyKind) ?? '')]).toEqual([bodyKind.kind, true])
    }
    expect(typeOfKind({ group: '', version: 'v1', kind: 'Nope' })).toBeUndefined()
  })

  it('gives every selectable field of a kind also for an object that has nothing but metadata', () => {
    for (const definition of all) {
      const fields = definition.selectableFields?.({ apiVersion: '', kind: '', metadata: {} }) ?? {}
      expect(Object.values(fields).every((value) => typeof value === 'string')).toBe(true)
    }
  })

  it('stores kinds with two versions under one of them', () => {
    const stored = all.flatMap((definition) =>
      definition.storedAs === undefined
        ? []
        : [`${pathOf(definition)} → ${pathOf(definition.storedAs.definition as KindDefinition)}`],
    )
    expect(stored).toEqual([
      'autoscaling/v1/horizontalpodautoscalers → autoscaling/v2/horizontalpodautoscalers',
      'events.k8s.io/v1/events → /v1/events',
    ])
  })
})
