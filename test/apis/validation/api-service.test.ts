/** APIServices: given → want, texts of upstream's kube-aggregator. */
import { expect, it } from 'vitest'
import { formatFieldError } from '../../../src/apimachinery/field-path.ts'
import type { ObjectMeta } from '../../../src/apimachinery/meta.ts'
import { validateMetadataOnCreate } from '../../../src/apimachinery/metadata-validation.ts'
import { apiServiceNameRule } from '../../../src/apis/apiregistration/validation.ts'
import { apiService } from '../../../src/apis/apiregistration/api-service.ts'
import { Subject, type Row } from './given-want.ts'

const subject = new Subject('apiregistration.k8s.io/v1', 'APIService')
const metadata = { name: 'v1.example.org' }
const spec = { group: 'example.org', version: 'v1', groupPriorityMinimum: 1000, versionPriority: 15 }
const service = { namespace: 'ns', name: 'api' }

const ROWS: readonly Row[] = [
  { what: 'a local one', given: { metadata, spec }, want: [] },
  { what: 'one of a service', given: { metadata, spec: { ...spec, service } }, want: [] },
  { what: 'that of the core group', given: { metadata: { name: 'v1.' }, spec: { ...spec, group: '' } }, want: [] },
  {
    what: 'only v1 has no group, and priorities are within their limits',
    given: { metadata: { name: 'v2.' }, spec: { version: 'v2', groupPriorityMinimum: 20_001, versionPriority: 0 } },
    want: [
      'spec.group: Required value: only v1 may have an empty group and it better be legacy kube',
      'spec.groupPriorityMinimum: Invalid value: 20001: must be positive and less than 20000',
      'spec.versionPriority: Invalid value: 0: must be positive and less than 1000',
    ],
  },
  {
    what: 'a local one has no certificates',
    given: { metadata, spec: { ...spec, caBundle: 'YWJj', insecureSkipTLSVerify: true } },
    want: [
      'spec.caBundle: Invalid value: "3 bytes": local APIServices may not have a caBundle',
      'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify',
    ],
  },
  {
    what: 'a service is named, with its port',
    given: { metadata, spec: { ...spec, service: { port: 70_000 }, caBundle: 'YWJj', insecureSkipTLSVerify: true } },
    want: [
      'spec.service.namespace: Required value',
      'spec.service.name: Required value',
      'spec.service.port: Invalid value: 70000: port is not valid: must be between 1 and 65535, inclusive',
      'spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present',
    ],
  },
]

const WHY = 'must be `spec.version+"."+spec.group`: "v1.example.org"'

it.each<[string, ObjectMeta, string[]]>([
  ['is version and group', metadata, []],
  ['is nothing else', { name: 'x' }, [`metadata.name: Invalid value: "x": ${WHY}`]],
  ['is there', {}, ['metadata.name: Required value: name or generateName is required']],
  ['is not compared where it fits into no path', { name: 'a/b' }, [
    `metadata.name: Invalid value: "a/b": may not contain '/'`,
  ]],
  ['is not made of something else, which is told before the labels',
    { ...metadata, generateName: 'x', labels: { a: '-' } }, [
      `metadata.generateName: Invalid value: "x": ${WHY}`,
      'metadata.labels: Invalid value: "-": a valid label must be an empty string or consist of alphanumeric characters, ' +
        "'-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or " +
        "'12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ]],
])('the name %s', (_what, given, want) => {
  const one = { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: given, spec }
  const nameRule = apiServiceNameRule(one)
  const scope = { isNamespaced: false, group: 'apiregistration.k8s.io', kind: 'APIService', nameRule }
  expect(validateMetadataOnCreate(given, scope).map(formatFieldError)).toEqual(want)
})

it.each(ROWS)('$what', ({ given, want }) => {
  expect(subject.onCreate(given)).toEqual(want)
})

it('warns that certificates of one’s own have no effect', () => {
  const one = { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata }
  const given = { ...one, spec: { ...spec, service, caBundle: 'YWJj' } }
  expect(apiService.strategy.warnings?.(given, undefined)).toEqual([
    'spec.caBundle: has no effect: Services are reached by a way of the platform, hosts outside are verified by public CAs',
  ])
  expect(apiService.strategy.warnings?.({ ...one, spec }, undefined)).toEqual([])
})
