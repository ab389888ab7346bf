/**
 * Validation of CustomResourceDefinitions. Texts and paths from k8s.io/apiextensions-apiserver
 * pkg/apis/apiextensions/validation/validation.go, cases from its validation_test.go. A definition with one version is
 * judged in upstream's internal form: what all versions share stands at the top
 * (pkg/apis/apiextensions/v1/conversion.go).
 */
import { describe, expect, it } from 'vitest'
import type { JsonSchema } from '../../../src/apimachinery/structural/json-schema.ts'
import { create, definition, properties, update, version, withSchema, type Fields } from './definitions.ts'

const LABEL =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and " +
  "end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is " +
  "'[a-z]([-a-z0-9]*[a-z0-9])?')"

describe('a definition', () => {
  it('that is right has no errors', () => {
    expect(create(definition())).toEqual([])
  })

  const names = { plural: 'plurals', singular: 'singular', kind: 'Plural', listKind: 'PluralList' }
  it.each<[string, Fields, string[]]>([
    ['must be named after its resource', { names: { ...names, plural: 'others' } }, [
      'metadata.name: Invalid value: "plurals.group.com": must be spec.names.plural+"."+spec.group',
    ]],
    ['needs a group with a dot', { group: 'group' }, [
      'metadata.name: Invalid value: "plurals.group.com": must be spec.names.plural+"."+spec.group',
      'spec.group: Invalid value: "group": should be a domain with at least one dot',
    ]],
    ['is told of its name before the rest of its metadata', { names: { ...names, plural: 'Others' } }, [
      'metadata.name: Invalid value: "plurals.group.com": must be spec.names.plural+"."+spec.group',
      `spec.names.plural: Invalid value: "Others": ${LABEL}`,
    ]],
    ['needs a scope', { scope: '' }, ['spec.scope: Required value']],
    ['needs a known scope', { scope: 'Global' }, [
      'spec.scope: Unsupported value: "Global": supported values: "Cluster", "Namespaced"',
    ]],
    ['needs singular and list kind', { names: { plural: 'plurals', kind: 'Plural' } }, [
      'spec.names.singular: Required value',
      'spec.names.listKind: Required value',
    ]],
    ['needs names that are labels', { names: { ...names, kind: 'A_B', shortNames: ['a', '-'], categories: ['X'] } }, [
      `spec.names.kind: Invalid value: "A_B": may have mixed case, but should otherwise match: ${LABEL}`,
      `spec.names.shortNames[1]: Invalid value: "-": ${LABEL}`,
      `spec.names.categories[0]: Invalid value: "X": ${LABEL}`,
    ]],
    ['needs a list kind of its own', { names: { ...names, listKind: 'Plural' } }, [
      'spec.names.listKind: Invalid value: "Plural": kind and listKind may not be the same',
    ]],
    ['may not preserve unknown fields', { preserveUnknownFields: true }, [
      'spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
    ]],
    ['needs a storage version', { versions: [version('v1')] }, [
      'spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}]: must have exactly one version marked as storage version',
    ]],
    ['needs versions', { versions: [] }, [
      'spec.versions: Invalid value: []: must have exactly one version marked as storage version',
      'status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions',
    ]],
    ['needs versions, also where it has no list of them', { versions: null }, [
      'spec.versions: Invalid value: null: must have exactly one version marked as storage version',
      'status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions',
    ]],
    ['needs a schema in each version', { versions: [version('v1', { storage: true, schema: undefined })] }, [
      'spec.versions[0].schema.openAPIV3Schema: Required value',
    ]],
    ['needs version names that are labels', { versions: [version('1a', { storage: true }), version('v1')] }, [
      `spec.versions[0].name: Invalid value: "1a": ${LABEL}`,
      `spec.version: Invalid value: "1a": ${LABEL}`,
      'status.storedVersions: Invalid value: ["v1"]: must have the storage version 1a',
    ]],
    ['finds a stored version once', {
      versions: [version('v1', { storage: true }), version('v1', { storage: true })],
    }, [
      expect.stringMatching(/^spec\.versions: .*: must contain unique version names$/),
      expect.stringMatching(/^spec\.versions: .*: must have exactly one version marked as storage version$/),
      'status.storedVersions: Invalid value: ["v1"]: must have the storage version v1',
    ]],
    ['has selectable fields of a version without a name judged as a version', {
      versions: [
        version('v1', { storage: true }),
        version('', { schema: undefined, selectableFields: [{ jsonPath: '.a' }] }),
      ],
    }, expect.arrayContaining([
      'spec.versions[1].selectableFields: Invalid value: "": may only be set when `version.schema.openAPIV3Schema` is not included',
    ])],
    ['warns of deprecated versions only', { versions: [version('v1', { storage: true, deprecationWarning: 'x' })] }, [
      'spec.versions[0].deprecationWarning: Invalid value: "x": can only be set for deprecated versions',
    ]],
    ['warns in printable text', {
      versions: [version('v1', { storage: true, deprecated: true, deprecationWarning: 'ä\n' })],
    }, [
      'spec.versions[0].deprecationWarning: Invalid value: "ä\\n": must only contain printable UTF-8 characters; non-printable character found at index 2',
    ]],
  ])('%s', (_what, spec, want) => {
    expect(create(definition(spec))).toEqual(want)
  })

  it('keeps the versions that objects may be stored in', () => {
    const versions = [version('v1', { storage: true }), version('v2')]
    expect(create(definition({ versions }, { status: {} }))).toEqual([
      'status.storedVersions: Invalid value: null: must have at least one stored version',
    ])
    expect(create(definition({ versions }, { status: { storedVersions: ['v2', 'v1'] } }))).toEqual([])
  })

  it('of a protected group needs an approval', () => {
    const protectedBy = (annotations?: Fields): string[] =>
      create(definition({ group: 'sigs.k8s.io' }, { metadata: { name: 'plurals.sigs.k8s.io', annotations } }))
    const wanted =
      'metadata.annotations[api-approved.kubernetes.io]: %: protected groups must have approval annotation "api-approved.kubernetes.io"'
    const policy = 'see https://github.com/kubernetes/enhancements/pull/1111'
    expect(protectedBy()).toEqual([`${wanted.replace('%', 'Required value')}, ${policy}`])
    expect(protectedBy({ 'api-approved.kubernetes.io': 'yes' })).toEqual([
      `${wanted.replace('%', 'Invalid value: "yes"')} with either a URL or a reason starting with "unapproved", ${policy}`,
    ])
    expect(protectedBy({ 'api-approved.kubernetes.io': 'unapproved, for tests' })).toEqual([])
    expect(protectedBy({ 'api-approved.kubernetes.io': 'https://github.com/kubernetes/kubernetes/pull/1' })).toEqual([])
  })
})

describe('conversion', () => {
  const webhook = (clientConfig: Fields | undefined, conversionReviewVersions: string[] = ['v1']): Fields => ({
    conversion: { strategy: 'Webhook', webhook: { clientConfig, conversionReviewVersions } },
  })
  const service = { name: 'n', namespace: 'ns', port: 443 }
  it.each<[string, Fields, string[]]>([
    ['by a service', webhook({ service }), []],
    ['by a URL', webhook({ url: 'https://example.com/x' }), []],
    ['by nothing that is known', { conversion: { strategy: 'Magic' } }, [
      'spec.conversion.strategy: Unsupported value: "Magic": supported values: "None", "Webhook"',
    ]],
    ['by a webhook that is not there', { conversion: { strategy: 'Webhook' } }, [
      'spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook',
      'spec.conversion.conversionReviewVersions: Required value',
    ]],
    ['by a service and a URL', webhook({ service, url: 'https://example.com' }), [
      'spec.conversion.webhookClientConfig: Required value: exactly one of url or service is required',
    ]],
    ['with a webhook that nobody calls', {
      conversion: { strategy: 'None', webhook: { clientConfig: { service }, conversionReviewVersions: ['v1'] } },
    }, [
      'spec.conversion.webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook',
      'spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set to Webhook',
    ]],
    ['by reviews that are not known', webhook({ service }, ['v9', 'v9', '-']), [
      'spec.conversion.conversionReviewVersions[1]: Invalid value: "v9": duplicate version',
      `spec.conversion.conversionReviewVersions[2]: Invalid value: "-": ${LABEL}`,
      'spec.conversion.conversionReviewVersions: Invalid value: ["v9","v9","-"]: must include at least one of v1, v1beta1',
    ]],
    ['by a URL that will not do', webhook({ url: 'http://u@/x?q#f' }), [
      `spec.conversion.webhookClientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`,
      'spec.conversion.webhookClientConfig.url: Invalid value: "": host must be specified; desired format: https://host[/path]',
      'spec.conversion.webhookClientConfig.url: Invalid value: "u": user information is not permitted in the URL',
      'spec.conversion.webhookClientConfig.url: Invalid value: "f": fragments are not permitted in the URL',
      'spec.conversion.webhookClientConfig.url: Invalid value: "q": query parameters are not permitted in the URL',
    ]],
    ['by a service that will not do', webhook({ service: { name: '', namespace: 'ns', port: 0, path: '/a//b_' } }), [
      'spec.conversion.webhookClientConfig.service.namespace: Required value',
      'spec.conversion.webhookClientConfig.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive',
      'spec.conversion.webhookClientConfig.service.path: Invalid value: "/a//b_": segment[1] may not be empty',
      `spec.conversion.webhookClientConfig.service.path: Invalid value: "/a//b_": segment[2]: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
    ]],
  ])('%s', (_what, spec, want) => {
    expect(create(definition(spec))).toEqual(want)
  })

  it('with a CA bundle that cannot be read is refused once the definition is established', () => {
    const caBundle = btoa('nonsense')
    const next = definition(webhook({ service, caBundle }))
    const established = { storedVersions: ['v1'], conditions: [{ type: 'Established', status: 'True' }] }
    expect(create(next)).toEqual([])
    expect(update(next, definition({}, { status: established }))).toEqual([
      `spec.conversion.webhookClientConfig.caBundle: Invalid value: "${caBundle}": unable to load root certificates: unable to parse bytes as PEM block`,
    ])
    expect(update(next, definition(webhook({ service, caBundle: btoa('other') }), { status: established }))).toEqual([])
  })
})

describe('what a version shows', () => {
  const shown = (rest: Fields, schema: JsonSchema = { type: 'object' }): string[] => create(withSchema(schema, rest))
  it('has columns that can be made', () => {
    const column = { name: 'A', type: 'string', jsonPath: '.spec.a' }
    expect(shown({ additionalPrinterColumns: [column] })).toEqual([])
    const bad = { name: '', type: 'text', format: 'x', jsonPath: 'spec' }
    expect(shown({ additionalPrinterColumns: [column, bad, { name: 'x', type: '', jsonPath: '' }] })).toEqual([
      'spec.additionalPrinterColumns[1].name: Required value',
      'spec.additionalPrinterColumns[1].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
      'spec.additionalPrinterColumns[1].format: Invalid value: "x": must be one of byte,date,date-time,double,float,int32,int64,password',
      'spec.additionalPrinterColumns[1].JSONPath: Invalid value: "spec": must be a simple json path starting with .',
      'spec.additionalPrinterColumns[2].type: Required value: must be one of boolean,date,integer,number,string',
      'spec.additionalPrinterColumns[2].JSONPath: Required value',
    ])
  })

  it('has a scale that leads into spec and status', () => {
    const scale = (rest: Fields): string[] => shown({ subresources: { scale: rest } })
    expect(scale({ specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' })).toEqual([])
    expect(scale({ specReplicasPath: '', statusReplicasPath: 'x', labelSelectorPath: '.metadata.x' })).toEqual([
      'spec.subresources.scale.specReplicasPath: Required value',
      'spec.subresources.scale.statusReplicasPath: Invalid value: "x": must be a simple json path starting with .',
      'spec.subresources.scale.labelSelectorPath: Invalid value: ".metadata.x": should be a json path under either .spec or .status',
    ])
    expect(scale({ specReplicasPath: '.status.x', statusReplicasPath: '.spec.x' })).toEqual([
      'spec.subresources.scale.specReplicasPath: Invalid value: ".status.x": should be a json path under .spec',
      'spec.subresources.scale.statusReplicasPath: Invalid value: ".spec.x": should be a json path under .status',
    ])
  })

  it('has selectable fields that are there and scalar', () => {
    const schema = properties({
      spec: properties({ a: { type: 'string' }, o: { type: 'object' },
        l: { type: 'array', items: { type: 'string' } } }),
      metadata: properties({ name: { type: 'string' } }),
    })
    const fields = (...paths: string[]): string[] =>
      shown({ selectableFields: paths.map((jsonPath) => ({ jsonPath })) }, schema)
    expect(fields('.spec.a')).toEqual([])
    const TYPES =
      'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.'
    expect(fields('', '.spec.b', '.spec.o', '.metadata.name', '.spec.l[0]', 'spec', '.spec.a', '.spec.a',
      '.')).toEqual([
      'spec.selectableFields[0].jsonPath: Required value',
      'spec.selectableFields[1].jsonPath: Invalid value: ".spec.b": is an invalid path: does not refer to a valid field',
      `spec.selectableFields[2].jsonPath: Invalid value: ".spec.o": ${TYPES}`,
      'spec.selectableFields[3].jsonPath: Invalid value: ".metadata.name": must not point to fields in metadata',
      'spec.selectableFields[4].jsonPath: Invalid value: ".spec.l[0]": is an invalid path: array notation is not allowed',
      'spec.selectableFields[5].jsonPath: Invalid value: "spec": is an invalid path: expected [ or . but got: spec',
      'spec.selectableFields[7].jsonPath: Duplicate value: ".spec.a"',
      'spec.selectableFields[8].jsonPath: Invalid value: ".": is an invalid path: unexpected end of JSON path',
    ])
  })

  it('has paths of selectable fields judged as far as they go without a schema that can be read', () => {
    const selectableFields = ['', '.spec.a', '.', "['a']", 'a'].map((jsonPath) => ({ jsonPath }))
    const paths = [
      'spec.selectableFields[0].jsonPath: Required value',
      'spec.selectableFields[2].jsonPath: Invalid value: ".": is an invalid path: unexpected end of JSON path',
      `spec.selectableFields[3].jsonPath: Invalid value: "['a']": is an invalid path: array notation is not allowed`,
      'spec.selectableFields[4].jsonPath: Invalid value: "a": is an invalid path: expected [ or . but got: a',
    ]
    const unread = create(withSchema({ type: 'object', $schema: 'x' }, { selectableFields }))
    expect(unread.slice(-paths.length)).toEqual(paths)
    const none = create(definition({ versions: [version('v1', { storage: true, schema: {}, selectableFields })] }))
    expect(none.slice(-paths.length)).toEqual(paths)
  })

  it('has eight selectable fields at most, unless it had more before', () => {
    const names = Array.from({ length: 9 }, (_, index) => `f${String(index)}`)
    const schema = properties(Object.fromEntries(names.map((name) => [name, { type: 'string' }])))
    const many = withSchema(schema, { selectableFields: names.map((name) => ({ jsonPath: `.${name}` })) })
    expect(create(many)).toEqual(['spec.selectableFields: Too many: 9: must have at most 8 items'])
    expect(update(many, many)).toEqual([])
  })
})

describe('an update', () => {
  const status = { storedVersions: ['v1'], conditions: [{ type: 'Established', status: 'True' }] }
  it('may not change what objects are found by', () => {
    const next = definition({
      group: 'other.com',
      scope: 'Namespaced',
      names: { plural: 'others', singular: 'singular', kind: 'Other', listKind: 'PluralList' },
    }, { status })
    expect(update(next, definition({}, { status }))).toEqual([
      'spec.scope: Invalid value: "Namespaced": field is immutable',
      'spec.names.kind: Invalid value: "Other": field is immutable',
      'spec.group: Invalid value: "other.com": field is immutable',
      'spec.names.plural: Invalid value: "others": field is immutable',
    ])
    const early = update(next, definition())
    expect(early).toHaveLength(2)
  })

  it('is not blamed for what was wrong before', () => {
    const wrong: JsonSchema[] = [
      properties({ a: { type: 'wrong' } }),
      { type: 'object', properties: { a: {} } },
      properties({ l: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'object' } } }),
    ]
    for (const schema of wrong) {
      expect(create(withSchema(schema))).not.toEqual([])
    }
    const [badType = {}] = wrong
    const more = properties({ a: { type: 'wrong' }, b: { type: 'string' } })
    expect(update(withSchema(more), withSchema(badType))).toEqual([])
    const [, , badSet = {}] = wrong
    expect(update(withSchema(badSet), withSchema(badSet))).toEqual([])
  })

  it('keeps an approval that is missing missing', () => {
    const old = definition({ group: 'x.k8s.io' }, { metadata: { name: 'plurals.x.k8s.io' } })
    expect(create(old)).toHaveLength(1)
    expect(update(old, old)).toEqual([])
  })

  it('keeps unknown fields where they were kept', () => {
    const old = definition({ preserveUnknownFields: true })
    expect(update(old, old)).toEqual([])
  })
})
