/** ResourceSlices: given → want, texts of pkg/apis/resource/validation/validation.go. */
import { describe, expect, it } from 'vitest'
import { Subject, type Row, type UpdateRow } from '../given-want.ts'

const slices = new Subject('resource.k8s.io/v1', 'ResourceSlice')
const pool = { name: 'p', resourceSliceCount: 1, generation: 1 }
const plain = { driver: 'a.example', pool, nodeName: 'n1' }
const withDevice = (device: object, more: object = {}): object => ({
  spec: { ...plain, devices: [{ name: 'd', ...device }], ...more },
})
const DEVICE = 'spec.devices[0]'
const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const C_NAME =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')"
const ONE_PLACE =
  'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'
const THREE = '{`nodeName`, `nodeSelector`, `allNodes`}'
const NO_PLACE =
  '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec'
const ONE_PLACE_EACH =
  'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec'
const shared = (requestPolicy: object, value = '10'): object =>
  withDevice({ allowMultipleAllocations: true, capacity: { memory: { value, requestPolicy } } })
const POLICY = `${DEVICE}.capacity[memory].requestPolicy`
const count = (length: number, value: object): object =>
  Object.fromEntries(Array.from({ length }, (_, index) => [`a${String(index)}`, value]))

const CREATES: readonly Row[] = [
  {
    what: 'a plain one is fine',
    given: withDevice({
      attributes: { 'a.example/model': { string: 'x' }, version: { version: '1.2.3-a.1+b' } },
      capacity: { memory: { value: '1Gi' } },
    }),
    want: [],
  },
  {
    what: 'a driver, a pool and a place are required',
    given: { spec: {} },
    want: [
      'spec.driver: Required value',
      'spec.pool.name: Required value',
      'spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero',
      `spec: Required value: ${ONE_PLACE}`,
    ],
  },
  {
    what: 'there is one place',
    given: { spec: { ...plain, allNodes: true, nodeSelector: { nodeSelectorTerms: [] } } },
    want: [
      'spec.nodeSelector.nodeSelectorTerms: Required value: must have at least one node selector term',
      'spec.nodeSelector.nodeSelectorTerms: Invalid value: []: must have exactly one node selector term',
      `spec: Invalid value: "${THREE}": ${ONE_PLACE}, but multiple fields are set`,
    ],
  },
  {
    what: 'terms that are not there are none, not an empty list',
    given: { spec: { ...plain, nodeName: undefined, nodeSelector: {} } },
    want: [
      'spec.nodeSelector.nodeSelectorTerms: Required value: must have at least one node selector term',
      'spec.nodeSelector.nodeSelectorTerms: Invalid value: null: must have exactly one node selector term',
    ],
  },
  {
    what: 'shared counters stand in slices of their own, even none of them',
    given: withDevice({}, { sharedCounters: [] }),
    want: ['spec: Invalid value: "": only one of `sharedCounters` or `devices` is allowed'],
  },
  {
    what: 'of too many values that may be asked for none is looked at',
    given: shared({ default: '1', validValues: Array.from({ length: 11 }, () => '1') }),
    want: [
      `${POLICY}.validValues: Too many: 11: must have at most 10 items`,
      `${POLICY}.validValues: Invalid value: "1": default value is not valid according to the requestPolicy`,
    ],
  },
  {
    what: 'conditions that are given empty are none',
    given: withDevice({ bindingConditions: [], bindingFailureConditions: ['a'] }),
    want: [
      `${DEVICE}.bindingConditions: Invalid value: []: bindingConditions are required to use bindingFailureConditions`,
    ],
  },
  {
    what: 'a place is said or not',
    given: {
      spec: {
        driver: 'a', pool: { ...pool, name: 'A/b', generation: -1 }, nodeName: '', allNodes: false,
        perDeviceNodeSelection: false,
      },
    },
    want: [
      `spec.pool.name: Invalid value: "A": ${SUBDOMAIN}`,
      'spec.pool.generation: Invalid value: -1: must be greater than or equal to zero',
      'spec.nodeName: Invalid value: "": must be either unset or set to a non-empty string',
      'spec.allNodes: Invalid value: false: must be either unset or set to true',
      'spec.perDeviceNodeSelection: Invalid value: false: must be either unset or set to true',
      `spec: Required value: ${ONE_PLACE}`,
    ],
  },
  {
    what: 'devices have names, each once',
    given: { spec: { ...plain, devices: [{ name: 'A' }, { name: 'd' }, { name: 'd' }] } },
    want: [`${DEVICE}.name: Invalid value: "A": ${LABEL}`, 'spec.devices[2]: Duplicate value: "d"'],
  },
  {
    what: 'there are not too many devices',
    given: { spec: { ...plain, devices: Array.from({ length: 129 }, () => ({ name: 'd' })) } },
    want: ['spec.devices: Too many: 129: must have at most 128 items'],
  },
  {
    what: 'of devices with taints there are fewer',
    given: {
      spec: {
        ...plain,
        devices: Array.from({ length: 65 }, () => ({ name: 'd', taints: [{ key: 'a', effect: 'None' }] })),
      },
    },
    want: ['spec.devices: Too many: 65: must have at most 64 items'],
  },
  {
    what: 'attributes have names, and one value each',
    given: withDevice({
      attributes: { '-': { string: 'x'.repeat(65) }, '/a': { version: '1' }, b: {}, c: { int: 1, bool: true } },
    }),
    want: [
      `attributes: Invalid value: "-": ${C_NAME}`,
      'attributes[-].string: Too long: may not be more than 64 bytes',
      'attributes: Invalid value: "": the domain must not be empty',
      'attributes[/a].version: Invalid value: "1": must be a string compatible with semver.org spec 2.0.0',
      'attributes[b]: Invalid value: "": exactly one value must be specified',
      'attributes[c]: Invalid value: {"IntValue":1,"BoolValue":true,"StringValue":null,"VersionValue":null,"IntValues":null,"BoolValues":null,"StringValues":null,"VersionValues":null}: exactly one value must be specified',
    ].map((text) => `${DEVICE}.${text}`),
  },
  {
    what: 'there are not too many attributes and capacities',
    given: withDevice({ attributes: count(32, { int: 1 }), capacity: { memory: { value: '1' } } }),
    want: [`${DEVICE}: Invalid value: 33: the total number of attributes and capacities must not exceed 32`],
  },
  {
    what: 'taints are such',
    given: withDevice({ taints: [{ key: '', effect: 'Any' }] }),
    want: [
      'taints[0].key: Invalid value: "": name part must be non-empty',
      `taints[0].key: Invalid value: "": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      'taints[0].effect: Unsupported value: "Any": supported values: "NoExecute", "NoSchedule", "None"',
    ].map((text) => `${DEVICE}.${text}`),
  },
  {
    what: 'counters are of a set',
    given: withDevice({
      consumesCounters: [{ counterSet: '', counters: {} }, { counterSet: 'a', counters: { A: { value: '1' } } }],
    }),
    want: [
      'consumesCounters[0].counterSet: Required value',
      'consumesCounters[0].counters: Required value',
      `consumesCounters[1].counters: Invalid value: "A": ${LABEL}`,
    ].map((text) => `${DEVICE}.${text}`),
  },
  {
    what: 'sets of counters are apart from devices',
    given: withDevice({}, { sharedCounters: [{ name: '', counters: {} }] }),
    want: [
      'spec: Invalid value: "": only one of `sharedCounters` or `devices` is allowed',
      'spec.sharedCounters[0].name: Required value',
      'spec.sharedCounters[0].counters: Required value',
    ],
  },
  {
    what: 'a device has no place of its own',
    given: withDevice({ nodeName: 'n1' }),
    want: [
      `${DEVICE}: Invalid value: null: ${NO_PLACE}`,
    ],
  },
  {
    what: 'or each has one',
    given: {
      spec: {
        driver: 'a',
        pool,
        perDeviceNodeSelection: true,
        devices: [
          { name: 'a' },
          { name: 'b', nodeName: '' },
          { name: 'c', nodeName: 'n', allNodes: true },
          { name: 'd', allNodes: false },
        ],
      },
    },
    want: [
      `[0]: Required value: ${ONE_PLACE_EACH}`,
      '[1].nodeName: Invalid value: "": must not be empty',
      `[1]: Required value: ${ONE_PLACE_EACH}`,
      `[2]: Invalid value: "{\`nodeName\`, \`allNodes\`}": ${ONE_PLACE_EACH}`,
      '[3].allNodes: Invalid value: false: must be either unset or set to true',
      `[3]: Required value: ${ONE_PLACE_EACH}`,
    ].map((text) => `spec.devices${text}`),
  },
  {
    what: 'conditions of binding go together',
    given: withDevice({ bindingFailureConditions: ['a', 'a'] }),
    want: [
      `${DEVICE}.bindingFailureConditions[1]: Duplicate value: "a"`,
      `${DEVICE}.bindingConditions: Invalid value: null: bindingConditions are required to use bindingFailureConditions`,
    ],
  },
  {
    what: 'conditions of binding are apart',
    given: withDevice({ bindingConditions: ['a'], bindingFailureConditions: ['a'] }),
    want: [
      `${DEVICE}.bindingFailureConditions[0]: Invalid value: "a": bindingFailureConditions must not overlap with bindingConditions`,
    ],
  },
  {
    what: 'what one has alone is not shared',
    given: withDevice({ capacity: { memory: { value: '1', requestPolicy: {} } } }),
    want: [`${POLICY}: Forbidden: allowMultipleAllocations must be true`],
  },
  {
    what: 'a policy is values or a range',
    given: shared({ validValues: ['1'], validRange: { min: '1' } }),
    want: [
      `${POLICY}: Forbidden: exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time`,
    ],
  },
  {
    what: 'a policy has a default',
    given: shared({ validValues: ['1'] }),
    want: [`${POLICY}.default: Required value: required when validValues is defined`],
  },
  {
    what: 'values are sorted, within the whole, and the default is one',
    given: shared({ default: '5', validValues: ['2', '1', '11', '11'] }),
    want: [
      'validValues[1]: Invalid value: "1": values must be sorted in ascending order',
      'validValues[2]: Invalid value: "11": option is larger than capacity value: 10',
      'validValues[3]: Invalid value: "11": option is larger than capacity value: 10',
      'validValues[3]: Duplicate value: "11"',
      'validValues: Invalid value: "5": default value is not valid according to the requestPolicy',
    ].map((text) => `${POLICY}.${text}`),
  },
  {
    what: 'a range is within the whole, and the default in it',
    given: shared({ default: '1', validRange: { min: '12', max: '11', step: '3' } }),
    want: [
      'min: Invalid value: "12": min is larger than capacity value: 10',
      'min: Invalid value: "1": default is less than min: 12',
      'max: Invalid value: "12": min is larger than max: 11',
      'max: Invalid value: "11": max is larger than capacity value: 10',
      'step: Invalid value: "3": one step 15 is larger than capacity value: 10',
      'step: Invalid value: "1": value is not a multiple of a given step (3) from (12)',
      'step: Invalid value: "11": value is not a multiple of a given step (3) from (12)',
    ].map((text) => `${POLICY}.validRange.${text}`),
  },
]

const UPDATES: readonly UpdateRow[] = [
  {
    what: 'whose it is, and where, stays',
    from: { spec: plain },
    to: { spec: { driver: 'b', pool: { ...pool, name: 'q' }, nodeName: 'n2' } },
    want: [
      'spec.pool.name: Invalid value: "q": field is immutable',
      'spec.driver: Invalid value: "b": field is immutable',
      'spec.nodeName: Invalid value: "n2": field is immutable',
    ],
  },
  {
    what: 'taints that stay are not judged again',
    from: withDevice({ taints: [{ key: 'a', effect: 'Any', timeAdded: '2026-01-01T00:00:00Z' }] }),
    to: withDevice({ taints: [{ key: 'a', effect: 'Any', timeAdded: '2026-01-01T00:00:00Z' }] }),
    want: [],
  },
]

describe('validation of ResourceSlices', () => {
  it.each(CREATES)('$what', ({ given, want }) => {
    expect(slices.onCreate(given)).toEqual(want)
  })

  it.each(UPDATES)('on update, $what', ({ from, to, want }) => {
    expect(slices.onUpdate(from, to)).toEqual(want)
  })

  it('a taint says since when it is there', () => {
    const taint = { key: 'a', effect: 'None' }
    const dated = { ...taint, timeAdded: '1970-01-01T00:00:00Z' }
    expect(slices.created(withDevice({ taints: [taint] }))).toMatchObject({ spec: { devices: [{ taints: [dated] }] } })
  })

  it('warns of a driver that is written large', () => {
    expect(slices.warnings({ spec: { ...plain, driver: 'A.example' } })).toEqual([
      'spec.driver: driver names should be lowercase; "A.example" contains uppercase characters',
    ])
  })
})
