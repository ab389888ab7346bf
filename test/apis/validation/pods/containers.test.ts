/**
 * Containers of all sorts, what they run with and when they run again: given → want, texts and paths of
 * pkg/apis/core/validation/validation.go.
 */
import { describe, expect, it } from 'vitest'
import { Subject, type Row } from '../given-want.ts'

const web = { name: 'web', image: 'web:1' }
const withContainer = (more: object): object => ({ spec: { containers: [{ ...web, ...more }] } })

const ROWS: readonly Row[] = [
  {
    what: 'names are labels, once each; images are there, and without spaces around',
    given: {
      spec: {
        containers: [
          { name: '', image: '' },
          { name: 'B_', image: ' x' },
          { name: 'a', image: 'i' },
          { name: 'a', image: 'i' },
        ],
      },
    },
    want: [
      'spec.containers[0].name: Required value',
      'spec.containers[0].image: Required value',
      `spec.containers[1].name: Invalid value: "B_": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
      'spec.containers[3].name: Duplicate value: "a"',
      'spec.containers[1].image: Invalid value: " x": must not have leading or trailing whitespace',
    ],
  },
  {
    what: 'policies are out of closed lists',
    given: withContainer({ imagePullPolicy: 'Some', terminationMessagePolicy: 'X' }),
    want: [
      'spec.containers[0].terminationMessagePolicy: Unsupported value: "X": supported values: "File", "FallbackToLogsOnError"',
      'spec.containers[0].imagePullPolicy: Unsupported value: "Some": supported values: "Always", "IfNotPresent", "Never"',
    ],
  },
  {
    what: 'what is counted is no more than can be counted in thousandths',
    given: withContainer({
      resources: { limits: { 'example.com/gpu': '1Ei', 'example.com/cpu': '9223372036854775' } },
    }),
    want: [
      'spec.containers[0].resources.limits[example.com/gpu]: Invalid value: "1Ei": must be an integer',
      'spec.containers[0].resources.requests[example.com/gpu]: Invalid value: "1Ei": must be an integer',
    ],
  },
  {
    what: 'ports have numbers, protocols, and names of their own',
    given: withContainer({
      ports: [
        { containerPort: 0 },
        { containerPort: 70_000, hostPort: 70_000, protocol: 'X', name: 'A_b' },
        { containerPort: 1, name: 'a' },
        { containerPort: 2, name: 'a' },
      ],
    }),
    want: [
      'spec.containers[0].ports[0].containerPort: Required value',
      'spec.containers[0].ports[1].name: Invalid value: "A_b": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'spec.containers[0].ports[1].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
      'spec.containers[0].ports[1].hostPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
      'spec.containers[0].ports[1].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
      'spec.containers[0].ports[3].name: Duplicate value: "a"',
    ],
  },
  {
    what: 'a source of many variables is one; errors of number stand at the list',
    given: withContainer({
      envFrom: [
        {},
        { configMapRef: { name: 'A_' }, secretRef: { name: 'a' } },
        { prefix: 'a=b', secretRef: { name: '' } },
      ],
    }),
    want: [
      'spec.containers[0].envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`',
      `spec.containers[0].envFrom[1].configMapRef.name: Invalid value: "A_": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      'spec.containers[0].envFrom: Invalid value: "": may not have more than one field specified at a time',
      `spec.containers[0].envFrom[2].prefix: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than '='`,
      'spec.containers[0].envFrom[2].secretRef.name: Required value',
    ],
  },
  {
    what: 'resources and fields that variables are taken from are known',
    given: withContainer({
      env: [
        { name: 'a', valueFrom: { resourceFieldRef: { resource: 'limits.gpu' } } },
        { name: 'b', valueFrom: { resourceFieldRef: { resource: '' } } },
        { name: 'c', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '3m' } } },
        { name: 'd', valueFrom: { fieldRef: { fieldPath: '' } } },
        { name: 'e', valueFrom: { fieldRef: { fieldPath: "metadata.labels['a b']" } } },
        { name: 'f', valueFrom: { fileKeyRef: { volumeName: 'x', path: '../a', key: 'a=b' } } },
      ],
    }),
    want: [
      'spec.containers[0].env[0].valueFrom.resourceFieldRef.resource: Unsupported value: "limits.gpu": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"',
      'spec.containers[0].env[1].valueFrom.resourceFieldRef.resource: Required value',
      `spec.containers[0].env[2].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor's values 1m and 1 are supported with the cpu resource`,
      'spec.containers[0].env[3].valueFrom.fieldRef.fieldPath: Required value',
      `spec.containers[0].env[4].valueFrom.fieldRef: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      `spec.containers[0].env[5].valueFrom.fileKeyRef.key: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than '='`,
      `spec.containers[0].env[5].valueFrom.fileKeyRef.path: Invalid value: "../a": must not contain '..'`,
      'spec.containers[0].env[5].valueFrom.fileKeyRef.volumeName: Not found: "x"',
    ],
  },
  {
    what: 'pages are whole however many there are',
    given: withContainer({ resources: { limits: { cpu: '1', 'hugepages-2Mi': '8Ei', 'hugepages-1Gi': '1e21' } } }),
    want: [
      'spec.containers[0].resources.limits[hugepages-2Mi]: Invalid value: "9223372036854775807": 9223372036854775807 is not positive integer multiple of hugepages-2Mi',
      'spec.containers[0].resources.requests[hugepages-2Mi]: Invalid value: "9223372036854775807": 9223372036854775807 is not positive integer multiple of hugepages-2Mi',
    ],
  },
  {
    what: 'requests stay within limits, and what cannot be shared equals them',
    given: withContainer({
      resources: {
        requests: { cpu: '2', foo: '1', 'example.com/gpu': '1', 'hugepages-2Mi': '3Mi', memory: '-1' },
        limits: { cpu: '1', 'example.com/gpu': '1500m' },
      },
    }),
    want: [
      'spec.containers[0].resources.limits[example.com/gpu]: Invalid value: "1500m": must be an integer',
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
      'spec.containers[0].resources.requests: Invalid value: "1": must be equal to example.com/gpu limit of 1500m',
      'spec.containers[0].resources.requests[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
      'spec.containers[0].resources.requests[foo]: Invalid value: "foo": must be a standard resource for containers',
      'spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources',
      'spec.containers[0].resources.requests[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi',
      'spec.containers[0].resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0',
    ],
  },
  {
    what: 'claims are of the pod, once each',
    given: withContainer({ resources: { claims: [{ name: 'x' }, { name: 'x' }] } }),
    want: [
      'spec.containers[0].resources.claims[0]: Not found: "x": must be one of the names in pod.spec.resourceClaims which is empty',
      'spec.containers[0].resources.claims[1]: Duplicate value: "x"',
      'spec.containers[0].resources.claims[1]: Not found: "x": must be one of the names in pod.spec.resourceClaims which is empty',
    ],
  },
  {
    what: 'resizing says what happens for cpu and memory, once each',
    given: withContainer({
      resizePolicy: [
        { resourceName: 'gpu', restartPolicy: 'X' },
        { resourceName: 'cpu', restartPolicy: 'NotRequired' },
        { resourceName: 'cpu', restartPolicy: 'NotRequired' },
      ],
    }),
    want: [
      'spec.containers[0].resizePolicy: Unsupported value: "gpu": supported values: "cpu", "memory"',
      'spec.containers[0].resizePolicy: Unsupported value: "X": supported values: "NotRequired", "RestartContainer"',
      'spec.containers[0].resizePolicy[2]: Duplicate value: "cpu"',
    ],
  },
  {
    what: 'probes have one handler, and numbers that suit them',
    given: withContainer({
      livenessProbe: { successThreshold: 2, timeoutSeconds: -1, exec: { command: [] } },
      readinessProbe: {
        terminationGracePeriodSeconds: 3,
        httpGet: { port: 'A', scheme: 'X', httpHeaders: [{ name: 'a b', value: '' }] },
      },
      startupProbe: { tcpSocket: { port: 0 }, grpc: { port: 0 }, terminationGracePeriodSeconds: 0 },
    }),
    want: [
      'spec.containers[0].livenessProbe.exec.command: Required value',
      'spec.containers[0].livenessProbe.timeoutSeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
      'spec.containers[0].readinessProbe.httpGet.port: Invalid value: "A": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'spec.containers[0].readinessProbe.httpGet.port: Invalid value: "A": must contain at least one letter (a-z)',
      'spec.containers[0].readinessProbe.httpGet.scheme: Unsupported value: "X": supported values: "HTTP", "HTTPS"',
      `spec.containers[0].readinessProbe.httpGet.httpHeaders: Invalid value: "a b": a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')`,
      'spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 3: must not be set for readinessProbes',
      'spec.containers[0].startupProbe.tcpSocket.port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.containers[0].startupProbe.grpc: Forbidden: may not specify more than 1 handler type',
      'spec.containers[0].startupProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0',
    ],
  },
  {
    what: 'hooks have one handler',
    given: withContainer({
      lifecycle: { preStop: { sleep: { seconds: 60 }, exec: { command: ['a'] } }, postStart: {} },
    }),
    want: [
      'spec.containers[0].lifecycle.postStart: Required value: must specify a handler type',
      'spec.containers[0].lifecycle.preStop.sleep: Forbidden: may not specify more than 1 handler type',
    ],
  },
  {
    what: 'sleeping ends before the pod is killed',
    given: withContainer({ lifecycle: { preStop: { sleep: { seconds: 60 } } } }),
    want: [
      'spec.containers[0].lifecycle.preStop.sleep: Invalid value: 60: must be non-negative and less than terminationGracePeriodSeconds (30)',
    ],
  },
  {
    what: 'a container may have a restart policy of its own, with rules',
    given: withContainer({
      restartPolicy: 'Never',
      restartPolicyRules: [
        { action: 'Restart', exitCodes: { operator: 'In', values: [42] } },
        { action: 'RestartAllContainers', exitCodes: { operator: 'NotIn', values: [0] } },
      ],
    }),
    want: [],
  },
  {
    what: 'rules of restarts say for which exit codes',
    given: withContainer({
      restartPolicy: 'Never',
      restartPolicyRules: [
        { action: 'X', exitCodes: { operator: 'Y', values: [1] } },
        { exitCodes: {} },
        { action: 'Restart' },
      ],
    }),
    want: [
      'spec.containers[0].restartPolicyRules[0].action: Unsupported value: "X": supported values: "Restart", "RestartAllContainers"',
      'spec.containers[0].restartPolicyRules[0].exitCodes.operator: Unsupported value: "Y": supported values: "In", "NotIn"',
      'spec.containers[0].restartPolicyRules[1].action: Unsupported value: "": supported values: "Restart", "RestartAllContainers"',
      'spec.containers[0].restartPolicyRules[1].exitCodes.operator: Unsupported value: "": supported values: "In", "NotIn"',
      'spec.containers[0].restartPolicyRules[2].exitCodes: Required value: must be specified',
    ],
  },
  {
    what: 'rules of restarts want a policy beside them',
    given: withContainer({
      restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [1] } }],
    }),
    want: [
      'spec.containers[0].restartPolicy: Required value: must specify restartPolicy when restart rules are used',
    ],
  },
  {
    what: 'mounts stay within their volume; these errors stand at the list',
    given: {
      spec: {
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [
          {
            ...web,
            volumeMounts: [
              { name: '', mountPath: '/a' },
              { name: 'v', mountPath: '/b', subPath: '/abs' },
              { name: 'v', mountPath: '/c', subPath: 'a', subPathExpr: 'b' },
              { name: 'v', mountPath: '/d', mountPropagation: 'X' },
              { name: 'v', mountPath: '/e', mountPropagation: 'Bidirectional' },
              { name: 'v', mountPath: '/f', recursiveReadOnly: 'Enabled' },
            ],
          },
        ],
      },
    },
    want: [
      'spec.containers[0].volumeMounts[0].name: Required value',
      'spec.containers[0].volumeMounts[0].name: Not found: ""',
      'spec.containers[0].volumeMounts.subPath: Invalid value: "/abs": must be a relative path',
      'spec.containers[0].volumeMounts[2].subPathExpr: Invalid value: "b": subPathExpr and subPath are mutually exclusive',
      'spec.containers[0].volumeMounts.mountPropagation: Unsupported value: "X": supported values: "Bidirectional", "HostToContainer", "None"',
      'spec.containers[0].volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers',
      'spec.containers[0].volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true',
    ],
  },
  {
    what: 'block devices come from claims',
    given: {
      spec: {
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [
          { ...web, volumeDevices: [{ name: 'v', devicePath: '/a' }, { name: '', devicePath: '' }] },
        ],
      },
    },
    want: [
      'spec.containers[0].volumeDevices[0].name: Invalid value: "v": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
      'spec.containers[0].volumeDevices[1].name: Required value',
      'spec.containers[0].volumeDevices[1].name: Not found: ""',
      'spec.containers[0].volumeDevices[1].devicePath: Required value',
    ],
  },
  {
    what: 'init containers have hooks and probes only as sidecars',
    given: {
      spec: {
        containers: [web],
        initContainers: [
          { ...web },
          { ...web, name: 'i', lifecycle: {}, livenessProbe: { exec: { command: ['a'] } } },
          { ...web, name: 's', restartPolicy: 'Always', readinessProbe: { exec: { command: ['a'] } } },
        ],
      },
    },
    want: [
      'spec.initContainers[0].name: Duplicate value: "web"',
      'spec.initContainers[1].lifecycle: Forbidden: may not be set for init containers without restartPolicy=Always',
      'spec.initContainers[1].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
  },
  {
    what: 'ephemeral containers come later',
    given: { spec: { containers: [web], ephemeralContainers: [{ ...web, name: 'e' }] } },
    want: [
      'spec.ephemeralContainers: Forbidden: cannot be set on create',
    ],
  },
  {
    what: 'privileges that contradict each other are shown in the internal form',
    given: withContainer({
      securityContext: {
        privileged: true,
        allowPrivilegeEscalation: false,
        runAsUser: -1,
        procMount: 'X',
        seccompProfile: { type: 'Localhost', localhostProfile: '../x' },
      },
    }),
    want: [
      'spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
      'spec.containers[0].securityContext.procMount: Unsupported value: "X": supported values: "Default", "Unmasked"',
      `spec.containers[0].securityContext.seccompProfile.localhostProfile: Invalid value: "../x": must not contain '..'`,
      'spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":-1,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":"X","SeccompProfile":{"Type":"Localhost","LocalhostProfile":"../x"},"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    ],
  },
]

describe('validation of containers', () => {
  const subject = new Subject('v1', 'Pod')

  it.each(ROWS)('$what', ({ given, want }) => {
    expect(subject.onCreate(given)).toEqual(want)
  })
})
