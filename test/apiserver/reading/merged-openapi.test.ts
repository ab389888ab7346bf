/** Version 2 of OpenAPI with other servers in it, as k8s.io/kube-openapi pkg/aggregator merges it. */
import { describe, expect, it } from 'vitest'
import { mergedOpenApiV2 } from '../../../src/apiserver/handlers/aggregated/merged-openapi.ts'

const ref = (name: string) => ({ $ref: `#/definitions/${name}` })
const kinds = (...names: string[]) => ({ 'x-kubernetes-group-version-kind': names.map((kind) => ({ kind })) })
const local = { swagger: '2.0', paths: { '/api/': {} }, definitions: { Meta: { type: 'object', ...kinds('A') } } }
const PREFIX = '/apis/a/v1/'
const merge = (...documents: object[]) =>
  mergedOpenApiV2(local, documents.map((document) => ({ prefix: PREFIX, document })))

describe('merged OpenAPI', () => {
  it('has paths of the server’s own version, and definitions that they need or that nothing ever needed', () => {
    const paths = { '/apis/a/v1/x': ref('X'), '/apis/a/v2/y': ref('Y'), '/version/': ref('Z') }
    const definitions = { X: { items: ref('In') }, In: {}, Y: ref('OfY'), OfY: {}, Z: {}, Unused: {} }
    const merged = merge({ paths, definitions })
    expect(Object.keys(merged.paths)).toEqual(['/api/', '/apis/a/v1/x'])
    expect(Object.keys(merged.definitions)).toEqual(['In', 'Meta', 'Unused', 'X'])
    expect(merged).not.toHaveProperty('parameters')
  })

  it('says a definition once, with the kinds of all who have it', () => {
    const same = { ...kinds('B', 'A'), type: 'object' }
    const { definitions } = merge({ paths: { '/apis/a/v1/x': ref('Meta') }, definitions: { Meta: same } })
    expect(definitions).toEqual({ Meta: { type: 'object', ...kinds('A', 'B') } })
    expect(local.definitions.Meta).toEqual({ type: 'object', ...kinds('A') })
  })

  it('gives what is not what has its name already another one, which references follow', () => {
    const theirs = { paths: { '/apis/a/v1/x': ref('X') }, definitions: { X: ref('Meta'), Meta: { type: 'other' } } }
    const same = { Meta: { type: 'other' }, Unused: ref('Meta') }
    const third = { Meta: { type: 'third' }, Meta_v3: { type: 'own' } }
    const merged = merge(
      theirs,
      { paths: { '/apis/a/v1/y': ref('Meta') }, definitions: same },
      { paths: { '/apis/a/v1/z': ref('Meta') }, definitions: third },
    )
    expect(merged.paths).toMatchObject({
      '/apis/a/v1/x': ref('X'), '/apis/a/v1/y': ref('Meta_v2'), '/apis/a/v1/z': ref('Meta_v4'),
    })
    expect(merged.definitions).toEqual({
      ...local.definitions, X: ref('Meta_v2'), Meta_v2: { type: 'other' }, Unused: ref('Meta_v2'),
      Meta_v3: { type: 'own' }, Meta_v4: { type: 'third' },
    })
  })

  it('keeps what it has of a path, and takes parameters along', () => {
    const path = '/apis/a/v1/x'
    const one = { paths: { [path]: { $ref: '#/parameters/p' } }, parameters: { p: { in: 'query' } } }
    const other = {
      paths: { [path]: ref('Gone'), '/apis/a/v1/y': { $ref: '#/parameters/p' } },
      definitions: { Gone: {} }, parameters: { p: { in: 'path' } },
    }
    const merged = merge(one, other)
    expect(merged).toMatchObject({ parameters: { p: { in: 'query' }, p_v2: { in: 'path' } } })
    expect(merged.paths).toMatchObject({
      [path]: { $ref: '#/parameters/p' }, '/apis/a/v1/y': { $ref: '#/parameters/p_v2' },
    })
    expect(Object.keys(merged.definitions)).toEqual(['Meta'])
  })
})
