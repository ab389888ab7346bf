/** Ingresses and their classes: given → want, texts of pkg/apis/networking/validation/validation.go. */
import { describe, expect, it } from 'vitest'
import { Subject, type Row, type UpdateRow } from '../given-want.ts'

const ingresses = new Subject('networking.k8s.io/v1', 'Ingress')
const classes = new Subject('networking.k8s.io/v1', 'IngressClass')
const backend = { service: { name: 'web', port: { number: 80 } } }
const path = { path: '/a', pathType: 'Prefix', backend }
const rule = { host: 'web.example', http: { paths: [path] } }
const plain = { rules: [rule], ingressClassName: 'main' }
const withPath = (more: object): object => ({ spec: { rules: [{ http: { paths: [{ ...path, ...more }] } }] } })
const withBackend = (defaultBackend: object): object => ({ spec: { defaultBackend } })
const PATH = 'spec.rules[0].http.paths[0]'
const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const WILDCARD =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

const CREATES: readonly Row[] = [
  { what: 'a plain one is fine', given: { spec: plain }, want: [] },
  {
    what: 'something must be said',
    given: { spec: {} },
    want: ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified'],
  },
  {
    what: 'a list of rules that is given empty is shown as such',
    given: { spec: { rules: [] } },
    want: ['spec: Invalid value: []: either `defaultBackend` or `rules` must be specified'],
  },
  {
    what: 'a host is a name, and may begin with a star',
    given: { spec: { rules: [{ host: '1.2.3.4' }, { host: 'A' }, { host: '*.a.example' }, { host: '*' }] } },
    want: [
      'spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
      `spec.rules[1].host: Invalid value: "A": ${SUBDOMAIN}`,
      `spec.rules[3].host: Invalid value: "*": ${WILDCARD}`,
    ],
  },
  {
    what: 'a rule of HTTP has paths',
    given: { spec: { rules: [{ http: { paths: [] } }] } },
    want: ['spec.rules[0].http.paths: Required value'],
  },
  {
    what: 'the type of a path is said',
    given: { spec: { rules: [{ http: { paths: [{ path: '/', backend }] } }] } },
    want: [`${PATH}.pathType: Required value: pathType must be specified`],
  },
  {
    what: 'the type of a path is a known one',
    given: withPath({ pathType: 'Regex', path: 'a' }),
    want: [
      `${PATH}.pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"`,
    ],
  },
  {
    what: 'a path begins at the root',
    given: withPath({ path: undefined }),
    want: [`${PATH}.path: Invalid value: "": must be an absolute path`],
  },
  {
    what: 'who implements it may do without a path',
    given: withPath({ path: undefined, pathType: 'ImplementationSpecific' }),
    want: [],
  },
  {
    what: 'a path of whoever implements it begins at the root, too',
    given: withPath({ path: 'a//b', pathType: 'ImplementationSpecific' }),
    want: [`${PATH}.path: Invalid value: "a//b": must be an absolute path`],
  },
  {
    what: 'a path says where it goes',
    given: withPath({ path: '//a/./b/../c%2f%2F/..', pathType: 'Exact' }),
    want: [
      ...['//', '/./', '/../', '%2f', '%2F'].map(
        (part) => `${PATH}.path: Invalid value: "//a/./b/../c%2f%2F/..": must not contain '${part}'`,
      ),
      `${PATH}.path: Invalid value: "//a/./b/../c%2f%2F/..": cannot end with '/..'`,
    ],
  },
  {
    what: 'there is something behind a path',
    given: withBackend({}),
    want: ['spec.defaultBackend: Invalid value: "": resource or service backend is required'],
  },
  {
    what: 'there is one thing behind a path',
    given: withBackend({ ...backend, resource: { kind: 'Bucket', name: 'a' } }),
    want: ['spec.defaultBackend: Invalid value: "": cannot set both resource and service backends'],
  },
  {
    what: 'a resource behind it has kind and name',
    given: withBackend({ resource: { apiGroup: 'A', kind: '', name: 'a/b' } }),
    want: [
      `spec.defaultBackend.resource.apiGroup: Invalid value: "A": ${SUBDOMAIN}`,
      'spec.defaultBackend.resource.kind: Required value',
      `spec.defaultBackend.resource.name: Invalid value: "a/b": may not contain '/'`,
    ],
  },
  {
    what: 'a service behind it has name and port',
    given: withBackend({ service: { name: '', port: {} } }),
    want: [
      'spec.defaultBackend.service.name: Required value',
      'spec.defaultBackend: Required value: port name or number is required',
    ],
  },
  {
    what: 'a port has a name or a number',
    given: withBackend({ service: { name: 'A', port: { name: 'a', number: 1 } } }),
    want: [
      `spec.defaultBackend.service.name: Invalid value: "A": ${LABEL}`,
      'spec.defaultBackend: Invalid value: "": cannot set both port name & port number',
    ],
  },
  {
    what: 'a number of a port is one',
    given: withBackend({ service: { name: 'a', port: { number: 70_000 } } }),
    want: [
      'spec.defaultBackend.service.port.number: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
  },
  {
    what: 'names in it are names',
    given: {
      spec: { ...plain, tls: [{ hosts: ['*.a.example', '*a', 'A'], secretName: 'A' }], ingressClassName: 'A' },
    },
    want: [
      `spec.tls[0].hosts[1]: Invalid value: "*a": ${WILDCARD}`,
      `spec.tls[0].hosts[2]: Invalid value: "A": ${SUBDOMAIN}`,
      `spec.tls[0].secretName: Invalid value: "A": ${SUBDOMAIN}`,
      `spec.ingressClassName: Invalid value: "A": ${SUBDOMAIN}`,
    ],
  },
  {
    what: 'the annotation says the same as the field',
    given: {
      metadata: { name: 'x', namespace: 'default', annotations: { 'kubernetes.io/ingress.class': 'other' } },
      spec: plain,
    },
    want: [
      'annotations.kubernetes.io/ingress.class: Invalid value: "other": must match `ingressClassName` when both are specified',
    ],
  },
]

const oldSecret = { spec: { ...plain, tls: [{ secretName: 'A' }] } }
const oldWildcard = { spec: { rules: [{ host: '*.a.example', http: { paths: [] } }] } }
const UPDATES: readonly UpdateRow[] = [
  { what: 'a secret of no name may stay', from: oldSecret, to: oldSecret, want: [] },
  { what: 'rules of a host with a star may stay', from: oldWildcard, to: oldWildcard, want: [] },
  {
    what: 'new rules are judged',
    from: { spec: plain },
    to: oldWildcard,
    want: ['spec.rules[0].http.paths: Required value'],
  },
]

const parameters = { apiGroup: 'a.example', kind: 'Config', name: 'a' }
const ofClass = (more: object): object => ({ spec: { controller: 'a.example/b', ...more } })
const CLASSES: readonly Row[] = [
  { what: 'a plain one is fine', given: ofClass({ parameters }), want: [] },
  { what: 'a controller is required', given: { spec: {} }, want: ['spec.controller: Required value'] },
  {
    what: 'a controller is a path of a domain',
    given: { spec: { controller: 'a' } },
    want: [
      'spec.controller: Invalid value: "a": must be a domain-prefixed path (such as "acme.io/foo")',
    ],
  },
  {
    what: 'a controller has a length',
    given: { spec: { controller: `a.example/${'b'.repeat(250)}` } },
    want: ['spec.controller: Too long: may not be more than 250 bytes'],
  },
  {
    what: 'parameters have kind, name and scope',
    given: ofClass({ parameters: { kind: '', name: '', scope: 'Any' } }),
    want: [
      'spec.parameters.kind: Required value',
      'spec.parameters.name: Required value',
      'spec.parameters.scope: Unsupported value: "Any": supported values: "Cluster", "Namespace"',
    ],
  },
  {
    what: 'parameters of the cluster have no namespace',
    given: ofClass({ parameters: { ...parameters, namespace: 'a' } }),
    want: ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"],
  },
  {
    what: 'parameters of a namespace have one',
    given: ofClass({ parameters: { ...parameters, scope: 'Namespace' } }),
    want: ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"],
  },
]

describe('validation of Ingresses', () => {
  it.each(CREATES)('$what', ({ given, want }) => {
    expect(ingresses.onCreate(given)).toEqual(want)
  })

  it.each(UPDATES)('on update, $what', ({ from, to, want }) => {
    expect(ingresses.onUpdate(from, to)).toEqual(want)
  })

  it('addresses of a status are addresses, and names are names', () => {
    const status = (ingress: object[]): object => ({ spec: plain, status: { loadBalancer: { ingress } } })
    const old = { ip: '010.0.0.1' }
    expect(
      ingresses.onStatus(status([old]), status([old, { ip: 'a' }, { hostname: '1.2.3.4' }, { hostname: 'A' }])),
    ).toEqual([
      'status.loadBalancer.ingress[1].ip: Invalid value: "a": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      'status.loadBalancer.ingress[2].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
      `status.loadBalancer.ingress[3].hostname: Invalid value: "A": ${SUBDOMAIN}`,
    ])
  })

  it('warns of the annotation where the field is not said', () => {
    const metadata = { name: 'x', namespace: 'default', annotations: { 'kubernetes.io/ingress.class': 'a' } }
    const given = { metadata, spec: { rules: [rule] } }
    expect(ingresses.warnings(given)).toEqual([
      `annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`,
    ])
    expect(ingresses.warnings(given, given)).toEqual([])
  })

  it.each(CLASSES)('IngressClass: $what', ({ given, want }) => {
    expect(classes.onCreate(given)).toEqual(want)
  })

  it('IngressClass: the controller stays', () => {
    expect(classes.onUpdate(ofClass({}), { spec: { controller: 'b.example/c' } })).toEqual([
      'spec.controller: Invalid value: "b.example/c": field is immutable',
    ])
  })
})
