/**
 * ResourceClaims, their templates and DeviceClasses: given → want, texts of
 * pkg/apis/resource/validation/validation.go.
 */
import { describe, expect, it } from 'vitest'
import { Subject, type Row } from '../given-want.ts'

const claims = new Subject('resource.k8s.io/v1', 'ResourceClaim')
const templates = new Subject('resource.k8s.io/v1', 'ResourceClaimTemplate')
const classes = new Subject('resource.k8s.io/v1', 'DeviceClass')
const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const REFERENCE =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"
const ONE_OF_TWO = 'exactly one of `exactly` or `firstAvailable` is required'
const gpu = { name: 'gpu', exactly: { deviceClassName: 'gpu.example' } }
const asking = (...requests: object[]): object => ({ spec: { devices: { requests } } })
const exactly = (more: object): object => asking({ name: 'gpu', exactly: { deviceClassName: 'a', ...more } })
const REQUEST = 'spec.devices.requests[0]'

const CLAIMS: readonly Row[] = [
  { what: 'a plain one is fine', given: asking(gpu), want: [] },
  { what: 'nothing may be asked for', given: { spec: {} }, want: [] },
  {
    what: 'a request has a name, and says what it is for',
    given: asking({ name: 'A' }),
    want: [
      `${REQUEST}.name: Invalid value: "A": ${LABEL}`,
      `${REQUEST}: Required value: ${ONE_OF_TWO}`,
    ],
  },
  {
    what: 'a request is for one thing',
    given: asking({ ...gpu, firstAvailable: [{ name: 'a', deviceClassName: 'a' }] }),
    want: [
      `${REQUEST}: Invalid value: null: ${ONE_OF_TWO}, but multiple fields are set`,
    ],
  },
  {
    what: 'a device has a class, and so many',
    given: asking({ name: 'gpu', exactly: { deviceClassName: '', count: -1 } }),
    want: [
      `${REQUEST}.exactly.deviceClassName: Required value`,
      `${REQUEST}.exactly.count: Invalid value: -1: must be greater than zero`,
    ],
  },
  {
    what: 'all are not counted',
    given: exactly({ allocationMode: 'All', count: 1 }),
    want: [`${REQUEST}.exactly.count: Invalid value: 1: must not be specified when allocationMode is 'All'`],
  },
  {
    what: 'modes are known ones',
    given: exactly({ allocationMode: 'Any' }),
    want: [`${REQUEST}.exactly.allocationMode: Unsupported value: "Any": supported values: "All", "ExactCount"`],
  },
  {
    what: 'selectors are of CEL, of some length, and not too many',
    given: exactly({ selectors: [{}, { cel: { expression: 'x'.repeat(10_241) } }] }),
    want: [
      `${REQUEST}.exactly.selectors[0].cel: Required value`,
      `${REQUEST}.exactly.selectors[1].cel.expression: Too long: may not be more than 10240 bytes`,
    ],
  },
  {
    what: 'there are not too many selectors',
    given: exactly({ selectors: Array.from({ length: 33 }, () => ({})) }),
    want: [`${REQUEST}.exactly.selectors: Too many: 33: must have at most 32 items`],
  },
  {
    what: 'tolerations are such',
    given: exactly({
      tolerations: [{ key: '-', operator: 'Exists', value: 'a' }, { operator: 'Any', effect: 'Any' }, { value: '-' }],
    }),
    want: [
      `${REQUEST}.exactly.tolerations[0].key: Invalid value: "-": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      `${REQUEST}.exactly.tolerations[0].value: Invalid value: "a": must be empty for operator \`Exists\``,
      `${REQUEST}.exactly.tolerations[1].operator: Unsupported value: "Any": supported values: "Equal", "Exists"`,
      `${REQUEST}.exactly.tolerations[1].effect: Unsupported value: "Any": supported values: "NoExecute", "NoSchedule", "None"`,
      `${REQUEST}.exactly.tolerations[2].value: Invalid value: "-": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
    ],
  },
  {
    what: 'alternatives have names, each once',
    given: asking({ name: 'gpu', firstAvailable: [1, 2].map(() => ({ name: 'a', deviceClassName: 'a' })) }, gpu),
    want: [
      `${REQUEST}.firstAvailable[1]: Duplicate value: "a"`,
      'spec.devices.requests[1]: Duplicate value: "gpu"',
    ],
  },
  {
    what: 'constraints are of an attribute, between requests',
    given: {
      spec: {
        devices: {
          requests: [gpu],
          constraints: [
            { requests: ['gpu', 'other', 'a/b/c', 'gpu'], matchAttribute: 'model' },
            { distinctAttribute: 'a.example/-' },
            {},
          ],
        },
      },
    },
    want: [
      `constraints[0].requests[1]: Invalid value: "other": ${REFERENCE}`,
      `constraints[0].requests[2]: Invalid value: "a/b/c": ${REFERENCE}`,
      'constraints[0].requests[3]: Duplicate value: "gpu"',
      'constraints[0].matchAttribute: Invalid value: "model": a fully qualified name must be a domain and a name separated by a slash',
      `constraints[1].distinctAttribute: Invalid value: "-": a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')`,
      'constraints[2]: Required value: exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set',
    ].map((text) => `spec.devices.${text}`),
  },
  {
    what: 'configuration is an object for a driver, and not too large',
    given: {
      spec: {
        devices: {
          requests: [gpu],
          config: [
            {},
            { opaque: { driver: '', parameters: null } },
            { opaque: { driver: 'a', parameters: [1] } },
            { opaque: { driver: 'a', parameters: { a: 'x'.repeat(10_240) } } },
          ],
        },
      },
    },
    want: [
      'config[0].opaque: Required value',
      'config[1].opaque.driver: Required value',
      'config[1].opaque.parameters: Required value',
      'config[2].opaque.parameters: Invalid value: "<value omitted>": must be a valid JSON object',
      'config[3].opaque.parameters: Too long: may not be more than 10240 bytes',
    ].map((text) => `spec.devices.${text}`),
  },
]

const result = { request: 'gpu', driver: 'a', pool: 'p', device: 'd' }
const allocation = { devices: { results: [result] } }
const consumer = { resource: 'pods', name: 'p', uid: 'u' }
const UID = '0123abcd-0123-0123-0123-0123456789ab'
const withStatus = (status: object): object => ({ ...asking(gpu), status })
const STATUSES: readonly (Row & { readonly from?: object })[] = [
  {
    what: 'an allocation is fine',
    given: withStatus({ allocation, reservedFor: [consumer], devices: [{ driver: 'a', pool: 'p', device: 'd' }] }),
    want: [],
  },
  {
    what: 'what is not allocated is not reserved',
    given: withStatus({ reservedFor: [{ resource: '', name: '', uid: '' }, consumer, consumer] }),
    want: [
      'status.reservedFor[0].resource: Required value',
      'status.reservedFor[0].name: Required value',
      'status.reservedFor[0].uid: Required value',
      'status.reservedFor[2]: Duplicate value: "u"',
      'status.reservedFor: Forbidden: may not be specified when `allocated` is not set',
    ],
  },
  {
    what: 'results and configuration are of the claim',
    given: withStatus({
      allocation: {
        devices: {
          results: [
            { request: 'other', driver: '', pool: '', device: 'A', shareID: 'x', bindingConditions: ['a', 'a'] },
          ],
          config: [{ source: 'Any', opaque: { driver: 'a', parameters: {} } }],
        },
        nodeSelector: { nodeSelectorTerms: [] },
      },
    }),
    want: [
      `devices.results[0].request: Invalid value: "other": ${REFERENCE}`,
      'devices.results[0].driver: Required value',
      'devices.results[0].pool: Required value',
      `devices.results[0].device: Invalid value: "A": ${LABEL}`,
      'devices.results[0].bindingConditions[1]: Duplicate value: "a"',
      'devices.results[0].bindingFailureConditions: Invalid value: null: bindingFailureConditions are required to use bindingConditions',
      'devices.results[0].shareID: Invalid value: "x": error validating uid: invalid UUID length: 1',
      'devices.config[0].source: Unsupported value: "Any": supported values: "FromClaim", "FromClass"',
      'nodeSelector.nodeSelectorTerms: Required value: must have at least one node selector term',
    ].map((text) => `status.allocation.${text}`),
  },
  {
    what: 'an allocation stays until it goes',
    from: withStatus({ allocation }),
    given: withStatus({ allocation: { devices: {} } }),
    want: [
      'status.allocation: Invalid value: {"Devices":{"Results":null,"Config":null},"NodeSelector":null,"AllocationTimestamp":null}: field is immutable',
    ],
  },
  {
    what: 'what drivers say is of devices that it has',
    given: withStatus({
      allocation,
      devices: [
        {
          driver: 'a',
          pool: 'p',
          device: 'e',
          shareID: UID.toUpperCase(),
          data: [1],
          networkData: { interfaceName: 'x'.repeat(257), hardwareAddress: 'x'.repeat(129), ips: ['a', '010.0.0.1/8'] },
        },
      ],
    }),
    want: [
      `shareID: Invalid value: "${UID.toUpperCase()}": uid must be in RFC 4122 normalized form, \`xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx\` with lowercase hexadecimal characters`,
      `: Invalid value: {"Driver":"a","Pool":"p","Device":"e","ShareID":"${UID.toUpperCase()}"}: must be an allocated device in the claim`,
      'data: Invalid value: "<value omitted>": must be a valid JSON object',
      'networkData.interfaceName: Too long: may not be more than 256 bytes',
      'networkData.hardwareAddress: Too long: may not be more than 128 bytes',
      'networkData.ips[0]: Invalid value: "a": must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)',
      'networkData.ips[1]: Invalid value: "010.0.0.1/8": must be in canonical form ("10.0.0.1/8")',
    ].map((text) => `status.devices[0]${text.startsWith(':') ? '' : '.'}${text}`),
  },
]

describe('validation of claims to devices', () => {
  it.each(CLAIMS)('$what', ({ given, want }) => {
    expect(claims.onCreate(given)).toEqual(want)
  })

  it('what is asked for stays', () => {
    expect(claims.onUpdate(asking(gpu), { spec: {} })).toEqual([
      'spec: Invalid value: {"Devices":{"Requests":null,"Constraints":null,"Config":null}}: field is immutable',
    ])
  })

  it.each(STATUSES)('of a status, $what', ({ from = asking(gpu), given, want }) => {
    expect(claims.onStatus(from, given)).toEqual(want)
  })

  it('a claim that goes is not taken any more', () => {
    const metadata = { name: 'x', namespace: 'default', deletionTimestamp: '2026-01-01T00:00:00Z' }
    const status = { allocation, reservedFor: [consumer] }
    expect(claims.onStatus(withStatus({ allocation }), { metadata, ...withStatus(status) })).toEqual([
      'status.reservedFor: Forbidden: new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set',
    ])
  })

  it('what drivers said of devices goes with the devices', () => {
    const devices = [{ driver: 'a', pool: 'p', device: 'd' }]
    const from = withStatus({ allocation, devices })
    expect(claims.statusUpdated(from, withStatus({ devices }))).not.toHaveProperty('status.devices')
    expect(claims.statusUpdated(from, withStatus({ allocation, devices }))).toMatchObject({ status: { devices } })
  })

  it('ResourceClaimTemplate: a claim, with labels and annotations only', () => {
    const spec = { metadata: { name: 'a', labels: { a: '-' } }, spec: { devices: { requests: [{ name: 'gpu' }] } } }
    expect(templates.onCreate({ spec })).toEqual([
      `spec.metadata.labels: Invalid value: "-": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
      'spec.metadata.name: Forbidden: cannot be set',
      'spec.spec.devices.requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required',
    ])
  })

  it('ResourceClaimTemplate: not even an empty list may be set in its metadata', () => {
    const spec = { metadata: { finalizers: [] }, spec: { devices: { requests: [gpu] } } }
    expect(templates.onCreate({ spec })).toEqual([
      'spec.metadata.finalizers: Forbidden: cannot be set',
    ])
  })

  it('ResourceClaimTemplate: nothing changes', () => {
    expect(templates.onUpdate({ spec: asking(gpu) }, { spec: { spec: {} } })).toEqual([
      'spec: Invalid value: {"Spec":{"Devices":{"Requests":null,"Constraints":null,"Config":null}}}: field is immutable',
    ])
  })

  it('ResourceClaimTemplate: shows owners and managers in the order of their types', () => {
    const metadata = {
      ownerReferences: [{ uid: 'u', name: 'n', kind: 'K', blockOwnerDeletion: true, apiVersion: 'v1' }],
      managedFields: [{ time: '2026-01-01T00:00:00Z', operation: 'Update' as const, manager: 'm' }],
    }
    const [, , answer = ''] = templates.onUpdate({ spec: asking(gpu) }, { spec: { metadata, spec: {} } })
    expect(answer).toContain('"ownerReferences":[{"apiVersion":"v1","kind":"K","name":"n","uid":"u","blockOwnerDeletion":true}]')
    expect(answer).toContain('"managedFields":[{"manager":"m","operation":"Update","time":"2026-01-01T00:00:00Z"}]')
  })

  it('DeviceClass: selectors, configuration and a name', () => {
    const large = [{ opaque: { driver: 'a', parameters: { a: 'x'.repeat(10_240) } } }]
    const spec = { selectors: [{}], config: large, extendedResourceName: 'cpu' }
    const want = [
      'spec.selectors[0].cel: Required value',
      'spec.config[0].opaque.parameters: Too long: may not be more than 10240 bytes',
      'spec.extendedResourceName: Invalid value: "cpu": must be a valid extended resource name',
    ]
    expect(classes.onCreate({ spec })).toEqual(want)
    expect(classes.onUpdate({ spec: { config: large } }, { spec: { config: large } })).toEqual([])
  })
})
