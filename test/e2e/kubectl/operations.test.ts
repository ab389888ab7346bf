/** What operators look at and set: priority and fairness, metrics, status and settings. */
import type { Story } from '../../support/kubectl/kubectl-story.ts'
import { tell } from '../../support/kubectl/kubectl-story.ts'

const FLOW = 'apiVersion: flowcontrol.apiserver.k8s.io/v1\n'

/** The stories run in a namespace, which is nothing to these. */
const NOT_SCOPED = /not scoped to the provided namespace/

const FLOW_CONTROL: Story = {
  title: 'flow control',
  files: {
    'level.yaml': `${FLOW}kind: PriorityLevelConfiguration
metadata: {name: batch}
spec:
  type: Limited
  limited: {nominalConcurrencyShares: 3, limitResponse: {type: Queue, queuing: {queues: 8, handSize: 2}}}
`,
    'schema.yaml': `${FLOW}kind: FlowSchema
metadata: {name: batch}
spec:
  priorityLevelConfiguration: {name: batch}
  matchingPrecedence: 700
  rules:
  - subjects: [{kind: User, user: {name: batch}}]
    resourceRules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*']}]
`,
    'wrong.yaml': `${FLOW}kind: PriorityLevelConfiguration
metadata: {name: wrong}
spec: {type: Exempt}
`,
  },
  lines: [
    {
      run: 'get prioritylevelconfigurations',
      eventually: true,
      prints: [
        'NAME              TYPE      NOMINALCONCURRENCYSHARES   QUEUES   HANDSIZE   QUEUELENGTHLIMIT   AGE',
        'catch-all         Limited   5                          <none>   <none>     <none>             <age>',
        'exempt            Exempt    <none>                     <none>   <none>     <none>             <age>',
        'global-default    Limited   20                         128      6          50                 <age>',
        'leader-election   Limited   10                         16       4          50                 <age>',
        'node-high         Limited   40                         64       6          50                 <age>',
        'system            Limited   30                         64       6          50                 <age>',
        'workload-high     Limited   40                         128      6          50                 <age>',
        'workload-low      Limited   100                        128      6          50                 <age>',
      ],
    },
    { run: 'create -f schema.yaml', prints: ['flowschema.flowcontrol.apiserver.k8s.io/batch created'] },
    {
      run: 'get flowschemas batch',
      eventually: true,
      prints: [
        'NAME    PRIORITYLEVEL   MATCHINGPRECEDENCE   DISTINGUISHERMETHOD   AGE     MISSINGPL',
        'batch   batch           700                  <none>                <age>   True',
      ],
    },
    { run: 'create -f level.yaml', prints: ['prioritylevelconfiguration.flowcontrol.apiserver.k8s.io/batch created'] },
    {
      run: `get flowschema batch -o jsonpath='{.status.conditions[0].status} {.status.conditions[0].reason}'`,
      eventually: true,
      prints: 'False Found',
    },
    {
      run: 'create -f wrong.yaml',
      fails: [
        'The PriorityLevelConfiguration "wrong" is invalid: spec.type: Invalid value: "Exempt": must be \'Exempt\' if ' +
          'and only if `name` is \'exempt\'',
      ],
    },
    { run: 'delete flowschema batch', prints: /"batch" deleted/, warns: NOT_SCOPED },
    { run: 'delete prioritylevelconfiguration batch', prints: /"batch" deleted/, warns: NOT_SCOPED },
  ],
}

const LOOKING: Story = {
  title: 'looking',
  lines: [
    { run: 'get --raw /metrics', prints: /\n# TYPE apiserver_request_total counter\n/ },
    {
      run: 'get --raw /metrics',
      prints: /\napiserver_request_total\{code="201",[^}]*resource="flowschemas",[^}]*verb="POST",[^}]*\} \d+\n/,
    },
    { run: 'get --raw /metrics', prints: /\napiserver_resource_objects\{group="",resource="namespaces"\} \d+\n/ },
    {
      run: 'get --raw /metrics',
      prints: /\nkubernetes_build_info\{[^}]*git_version="v1\.36\.0\+[^}]*major="1",minor="36",/,
    },
    { run: 'get --raw /metrics', prints: /\nworkqueue_adds_total\{name="bootstrap"\} \d+\n/ },
    { run: 'get --raw /metrics', prints: /\nscheduler_pending_pods\{queue="active"\} 0\n/ },
    { run: 'get --raw /metrics', prints: /\nworkernetes_metrics_sources\{state="silent"\} 0\n/ },
    {
      run: 'get --raw /metrics',
      prints: /\napiserver_flowcontrol_dispatched_requests_total\{[^}]*priority_level="exempt"/,
    },
    {
      run: 'get --raw /debug/api_priority_and_fairness/dump_priority_levels',
      prints: /^PriorityLevelName, +ActiveQueues, [^]*\nexempt, +0, +false, +false, +0, +1, /,
    },
    { run: 'get --raw /statusz', prints: /^\napiserver statusz\nWarning: [^\n]*\n\nStarted[^]*Binary version.*1\.36\n/ },
    { run: 'get --raw /flagz', prints: /\nservice-account-key(?::|: |=| )CLASSIFIED\n/ },
    {
      run: 'get --raw /metrics --as=joe',
      fails: ['Error from server (Forbidden): forbidden: User "joe" cannot get path "/metrics"'],
    },
    { run: 'get --raw /metrics --as=scraper --as-group=system:monitoring', prints: /\n# TYPE / },
    {
      run: 'get leases -n kube-system -l apiserver.kubernetes.io/identity=kube-apiserver --no-headers',
      eventually: true,
      prints: /^apiserver-[a-z2-7]{26} +apiserver-[a-z2-7]{26}_[\da-f-]{36} +\S+\n$/,
    },
  ],
}

tell('operations', [FLOW_CONTROL, LOOKING])
