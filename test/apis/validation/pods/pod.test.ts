/** Pods: given → want, texts and paths of pkg/apis/core/validation/validation.go. */
import { describe, expect, it } from 'vitest'
import { POD_UPDATE_MESSAGE } from '../../../../src/apis/core/pod/update-validation.ts'
import { Subject, type Row, type UpdateRow } from '../given-want.ts'

const pods = new Subject('v1', 'Pod')
const web = { name: 'web', image: 'web:1' }
const withContainer = (more: object): object => ({ spec: { containers: [{ ...web, ...more }] } })
const withSpec = (more: object): object => ({ spec: { containers: [web], ...more } })
const at = 'spec.containers[0]'
const subdomain1123 =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const label1123 =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

const ROWS: readonly Row[] = [
  { what: 'a plain pod is fine', given: withContainer({}), want: [] },
  { what: 'containers are required', given: { spec: {} }, want: ['spec.containers: Required value'] },
  {
    what: 'a container has a name and an image',
    given: { spec: { containers: [{}] } },
    want: [`${at}.name: Required value`, `${at}.image: Required value`],
  },
  {
    what: 'names of containers are unique, of init containers too',
    given: { spec: { containers: [web, web], initContainers: [web] } },
    want: ['spec.containers[1].name: Duplicate value: "web"', 'spec.initContainers[0].name: Duplicate value: "web"'],
  },
  {
    what: 'a name is a DNS label',
    given: withContainer({ name: 'Web' }),
    want: [`${at}.name: Invalid value: "Web": ${label1123}`],
  },
  {
    what: 'an image has no spaces around it',
    given: withContainer({ image: ' web' }),
    want: [`${at}.image: Invalid value: " web": must not have leading or trailing whitespace`],
  },
  {
    what: 'ports are numbers with known protocols and unique names',
    given: withContainer({
      ports: [
        { containerPort: 0 },
        { containerPort: 70000, name: 'a' },
        { containerPort: 1, name: 'a', protocol: 'tcp' },
      ],
    }),
    want: [
      `${at}.ports[0].containerPort: Required value`,
      `${at}.ports[1].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive`,
      `${at}.ports[2].name: Duplicate value: "a"`,
      `${at}.ports[2].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"`,
    ],
  },
  {
    what: 'a port of the node is taken once',
    given: withContainer({
      ports: [
        { containerPort: 80, hostPort: 80 },
        { containerPort: 81, hostPort: 80 },
      ],
    }),
    want: [`${at}.ports[1].hostPort: Duplicate value: "TCP//80"`],
  },
  {
    what: 'an environment variable has one source, and not a value as well',
    given: withContainer({
      env: [
        { name: '' },
        { name: 'A=B' },
        { name: 'C', valueFrom: {} },
        { name: 'D', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        {
          name: 'E',
          valueFrom: { fieldRef: { fieldPath: 'metadata.name' }, secretKeyRef: { name: 's', key: 'k' } },
        },
        { name: 'F', valueFrom: { configMapKeyRef: { name: '', key: '' } } },
        { name: 'G', valueFrom: { fieldRef: { fieldPath: 'metadata.whatever' } } },
      ],
    }),
    want: [
      `${at}.env[0].name: Required value`,
      `${at}.env[1].name: Invalid value: "A=B": a valid environment variable name must consist only of printable ASCII characters other than '='`,
      `${at}.env[2].valueFrom: Invalid value: "": must specify one of: \`fieldRef\`, \`resourceFieldRef\`, \`configMapKeyRef\`, \`secretKeyRef\` or \`fileKeyRef\``,
      `${at}.env[3].valueFrom: Invalid value: "": may not be specified when \`value\` is not empty`,
      `${at}.env[4].valueFrom: Invalid value: "": may not have more than one field specified at a time`,
      `${at}.env[5].valueFrom.configMapKeyRef.name: Invalid value: "": ${subdomain1123}`,
      `${at}.env[5].valueFrom.configMapKeyRef.key: Required value`,
      `${at}.env[6].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.whatever": error converting fieldPath: field label not supported: metadata.whatever`,
    ],
  },
  {
    what: 'mounts refer to volumes, each to its own path',
    given: {
      spec: {
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [
          {
            ...web,
            volumeMounts: [
              { name: 'v', mountPath: '/a' },
              { name: 'w', mountPath: '/a' },
              { name: 'v', mountPath: '', subPath: '../b' },
            ],
          },
        ],
      },
    },
    want: [
      `${at}.volumeMounts[1].name: Not found: "w"`,
      `${at}.volumeMounts[1].mountPath: Invalid value: "/a": must be unique`,
      `${at}.volumeMounts[2].mountPath: Required value`,
      `${at}.volumeMounts.subPath: Invalid value: "../b": must not contain '..'`,
    ],
  },
  {
    what: 'a volume has one source',
    given: withSpec({
      volumes: [
        { name: 'v', emptyDir: {}, hostPath: { path: '/x' } },
        { name: '', secret: {} },
        { name: 'c', configMap: {} },
      ],
    }),
    want: [
      'spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type',
      'spec.volumes[1].secret.secretName: Required value',
      'spec.volumes[1].name: Required value',
      'spec.volumes[2].configMap.name: Required value',
    ],
  },
  {
    what: 'policies are of their lists',
    given: withSpec({ restartPolicy: 'Often', dnsPolicy: 'Some', containers: [{ ...web, imagePullPolicy: 'Maybe' }] }),
    want: [
      `${at}.imagePullPolicy: Unsupported value: "Maybe": supported values: "Always", "IfNotPresent", "Never"`,
      'spec.restartPolicy: Unsupported value: "Often": supported values: "Always", "OnFailure", "Never"',
      'spec.dnsPolicy: Unsupported value: "Some": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
    ],
  },
  {
    what: 'probes have one handler each, and their numbers',
    given: withContainer({
      livenessProbe: { httpGet: { port: 80 }, tcpSocket: { port: 80 }, successThreshold: 2 },
      readinessProbe: { periodSeconds: -1, terminationGracePeriodSeconds: 1 },
      startupProbe: { exec: {} },
    }),
    want: [
      `${at}.livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type`,
      `${at}.livenessProbe.successThreshold: Invalid value: 2: must be 1`,
      `${at}.readinessProbe: Required value: must specify a handler type`,
      `${at}.readinessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0`,
      `${at}.readinessProbe.terminationGracePeriodSeconds: Invalid value: 1: must not be set for readinessProbes`,
      `${at}.startupProbe.exec.command: Required value`,
    ],
  },
  {
    what: 'init containers are not probed unless they stay',
    given: withSpec({
      initContainers: [
        { name: 'i', image: 'i', livenessProbe: { tcpSocket: { port: 1 } } },
        { name: 'j', image: 'i', restartPolicy: 'Always', livenessProbe: { tcpSocket: { port: 1 } } },
      ],
    }),
    want: [
      'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
  },
  {
    what: 'requests stay within limits',
    given: withContainer({ resources: { requests: { cpu: '2', foo: '1' }, limits: { cpu: '1', memory: '-1' } } }),
    want: [
      `${at}.resources.limits[memory]: Invalid value: "-1": must be greater than or equal to 0`,
      `${at}.resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1`,
      `${at}.resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0`,
      `${at}.resources.requests[foo]: Invalid value: "foo": must be a standard resource type or fully qualified`,
      `${at}.resources.requests[foo]: Invalid value: "foo": must be a standard resource for containers`,
    ],
  },
  {
    what: 'tolerations fit together',
    given: withSpec({
      tolerations: [
        { operator: 'Equal' },
        { key: 'a', tolerationSeconds: 1 },
        { key: 'a', operator: 'In' },
        { key: 'a', operator: 'Exists', effect: 'Sometimes' },
      ],
    }),
    want: [
      'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
      'spec.tolerations[1].effect: Invalid value: "": effect must be \'NoExecute\' when `tolerationSeconds` is set',
      'spec.tolerations[2].operator: Unsupported value: "In": supported values: "Equal", "Exists"',
      'spec.tolerations[3].effect: Unsupported value: "Sometimes": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
    ],
  },
  {
    what: 'a deadline is positive, a host name a label',
    given: withSpec({ activeDeadlineSeconds: 0, hostname: 'A' }),
    want: [
      'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
      `spec.hostname: Invalid value: "A": ${label1123}`,
    ],
  },
]

/** How upstream shows, of the internal form of a spec, what may not change. */
const diffed = (lines: readonly string[]): string => `spec: Forbidden: ${POD_UPDATE_MESSAGE}\n${lines.join('\n')}\n`

const UPDATES: readonly UpdateRow[] = [
  { what: 'an image may change', from: withContainer({}), to: withContainer({ image: 'web:1-b' }), want: [] },
  {
    what: 'a command may not change',
    from: withContainer({}),
    to: withContainer({ command: ['x'] }),
    want: [
      diffed([
        '@@ -5,7 +5,9 @@',
        '   {',
        '    "Name": "web",',
        '    "Image": "web:1",',
        '-   "Command": null,',
        '+   "Command": [',
        '+    "x"',
        '+   ],',
        '    "Args": null,',
        '    "WorkingDir": "",',
        '    "Ports": null,',
      ]),
    ],
  },
  {
    what: 'containers are not added',
    from: withContainer({}),
    to: { spec: { containers: [web, { ...web, name: 'b' }] } },
    want: ['spec.containers: Forbidden: pod updates may not add or remove containers'],
  },
  {
    what: 'a node is not given by an update',
    from: withSpec({}),
    to: withSpec({ nodeName: 'n' }),
    want: [
      diffed([
        '@@ -42,7 +42,7 @@',
        '  "NodeSelector": null,',
        '  "ServiceAccountName": "",',
        '  "AutomountServiceAccountToken": null,',
        '- "NodeName": "",',
        '+ "NodeName": "n",',
        '  "SecurityContext": {',
        '   "HostNetwork": false,',
        '   "HostPID": false,',
      ]),
    ],
  },
  {
    what: 'tolerations are added, not taken away',
    from: withSpec({ tolerations: [{ key: 'a', operator: 'Exists' }] }),
    to: withSpec({ tolerations: [{ key: 'b', operator: 'Exists' }] }),
    want: ['spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds'],
  },
  {
    what: 'a deadline gets shorter only',
    from: withSpec({ activeDeadlineSeconds: 5 }),
    to: withSpec({ activeDeadlineSeconds: 6 }),
    want: ['spec.activeDeadlineSeconds: Invalid value: 6: must be less than or equal to previous value'],
  },
  {
    what: 'scheduling gates are only taken away',
    from: withSpec({ schedulingGates: [{ name: 'a.io/x' }] }),
    to: withSpec({ schedulingGates: [{ name: 'a.io/y' }] }),
    want: ["spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'a.io/y'"],
  },
]

describe('validation of pods', () => {
  it.each(ROWS)('$what', ({ given, want }) => {
    expect(pods.onCreate(given)).toEqual(want)
  })

  it.each(UPDATES)('on update, $what', ({ from, to, want }) => {
    expect(pods.onUpdate(from, to)).toEqual(want)
  })

  it('on status, a container that ended does not come back to life unless its pod says so', () => {
    const ended = { containerStatuses: [{ name: 'web', state: { terminated: { exitCode: 0 } } }] }
    const alive = { containerStatuses: [{ name: 'web', state: { running: {} } }] }
    const never = withSpec({ restartPolicy: 'Never' })
    expect(pods.onStatus({ ...never, status: ended }, { ...never, status: alive })).toEqual([
      'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state',
    ])
    expect(pods.onStatus({ ...withSpec({}), status: ended }, { ...withSpec({}), status: alive })).toEqual([])
  })

  it('a new pod is pending, of generation 1, with its quality of service', () => {
    const sized = { resources: { limits: { cpu: '1', memory: '1Gi' } } }
    expect(pods.created(withContainer({}))).toMatchObject({
      metadata: { generation: 1 },
      status: { phase: 'Pending', qosClass: 'BestEffort' },
    })
    expect(pods.created(withContainer(sized))['status']).toEqual({ phase: 'Pending', qosClass: 'Guaranteed' })
    const requests = { resources: { requests: { cpu: '1' } } }
    expect(pods.created(withContainer(requests))['status']).toEqual({ phase: 'Pending', qosClass: 'Burstable' })
  })
})
