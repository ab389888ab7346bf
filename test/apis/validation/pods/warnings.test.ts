/**
 * Warnings about pods: given → want, texts of pkg/api/pod/warnings.go and pkg/api/node/util.go.
 */
import { describe, expect, it } from 'vitest'
import { Subject, type Row } from '../given-want.ts'

const web = { name: 'web', image: 'web:1' }
const withSpec = (more: object): object => ({ spec: { containers: [web], ...more } })
const withContainer = (more: object): object => ({ spec: { containers: [{ ...web, ...more }] } })

const ROWS: readonly Row[] = [
  {
    what: 'nothing where all is well',
    given: withSpec({}),
    want: [],
  },
  {
    what: 'a name that is no label',
    given: { metadata: { name: 'a.b', namespace: 'default' }, ...withSpec({}) },
    want: [
      "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
    ],
  },
  {
    what: 'variables that are said twice',
    given: withContainer({ env: [{ name: 'A', value: '1' }, { name: 'A', value: '2' }] }),
    want: [
      'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    ],
  },
  {
    what: 'ports that are said twice',
    given: withContainer({ ports: [{ containerPort: 80, name: 'a' }, { containerPort: 80, name: 'b' }] }),
    want: [
      'spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]',
    ],
  },
  {
    what: 'fractions of bytes',
    given: withContainer({ resources: { requests: { memory: '100m' }, limits: { memory: '1500m' } } }),
    want: [
      'spec.containers[0].resources.limits[memory]: fractional byte value "1500m" is invalid, must be an integer',
      'spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer',
    ],
  },
  {
    what: 'labels of nodes that have newer names',
    given: withSpec({
      nodeSelector: { 'beta.kubernetes.io/os': 'linux' },
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, preference: { matchExpressions: [{ key: 'a', operator: 'In', values: ['-'] }] } },
          ],
        },
      },
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' }],
    }),
    want: [
      'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
      "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].values[0]: - is invalid, a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      'spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod',
    ],
  },
  {
    what: 'secrets without names and hosts with doubles',
    given: withSpec({
      imagePullSecrets: [{ name: '' }, { name: 'a' }, { name: 'a' }],
      hostAliases: [{ ip: '1.1.1.1', hostnames: ['a'] }, { ip: '1.1.1.1', hostnames: ['b'] }],
    }),
    want: [
      'spec.hostAliases[1].ip: duplicate ip "1.1.1.1"',
      'spec.imagePullSecrets[2].name: duplicate name "a"',
      'spec.imagePullSecrets[0].name: invalid empty name ""',
    ],
  },
  {
    what: 'volumes that go',
    given: withSpec({
      volumes: [
        { name: 'a', gitRepo: { repository: 'x' } },
        { name: 'b', glusterfs: { endpoints: 'x', path: 'y' } },
        { name: 'c', ephemeral: { volumeClaimTemplate: { spec: { resources: { requests: { storage: '1.5m' } } } } } },
      ],
    }),
    want: [
      'spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+',
      'spec.volumes[1].glusterfs: deprecated in v1.25, non-functional in v1.26+',
      'spec.volumes[2].ephemeral.volumeClaimTemplate.spec.resources.requests[storage]: fractional byte value "2m" is invalid, must be an integer',
    ],
  },
  {
    what: 'annotations that do nothing any more',
    given: {
      metadata: {
        name: 'x',
        namespace: 'default',
        annotations: {
          'scheduler.alpha.kubernetes.io/critical-pod': '',
          'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default',
        },
      },
      ...withSpec({}),
    },
    want: [
      'metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead',
      'metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the "seccompProfile" field instead',
    ],
  },
  {
    what: 'addresses that are written in more than one way',
    given: withSpec({ dnsConfig: { nameservers: ['010.0.0.1'] } }),
    want: [
      'spec.dnsConfig.nameservers[0]: non-standard IP address "010.0.0.1" is invalid: use "10.0.0.1"',
    ],
  },
]

describe('what the author of a pod is warned of', () => {
  const subject = new Subject('v1', 'Pod')

  it.each(ROWS)('$what', ({ given, want }) => {
    expect(subject.warnings(given)).toEqual(want)
  })
})
