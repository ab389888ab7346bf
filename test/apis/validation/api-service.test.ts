/** APIServices: given → want, texts of upstream's kube-aggregator. */
import { expect, it } from 'vitest'
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
    what: 'the name says version and group',
    given: { metadata: { name: 'x' }, spec },
    want: ['metadata.name: Invalid value: "x": must be `spec.version+"."+spec.group`: "v1.example.org"'],
  },
  {
    what: 'what the name should be is quoted as Go does it',
    given: { metadata: { name: 'x' }, spec: { ...spec, group: 'a\n' } },
    want: expect.arrayContaining([
      'metadata.name: Invalid value: "x": must be `spec.version+"."+spec.group`: "v1.a\\n"',
    ]),
  },
  { what: 'a name that is missing is for the registry to ask for', given: { metadata: {}, spec }, want: [] },
  {
    what: 'and so does what a name is made of',
    given: { metadata: { ...metadata, generateName: 'x' }, spec },
    want: ['metadata.generateName: Invalid value: "x": must be `spec.version+"."+spec.group`: "v1.example.org"'],
  },
  {
    what: 'a name that is not there is not compared',
    given: { metadata: {}, spec },
    want: [],
  },
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
