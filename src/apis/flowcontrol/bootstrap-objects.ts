/**
 * The FlowSchemas and PriorityLevelConfigurations that every cluster has: mandatory ones, which are kept as they are,
 * and suggested ones, which are kept while nobody changed them. Data; names and values are upstream's (k8s.io/apiserver
 * pkg/apis/flowcontrol/bootstrap/default.go), and so are the fields that defaulting would add.
 */
import { cloneJson } from '../../apimachinery/patch/json-value.ts'
import type {
  FlowcontrolV1Subject,
  V1FlowSchema,
  V1LimitedPriorityLevelConfiguration,
  V1NonResourcePolicyRule,
  V1PriorityLevelConfiguration,
  V1PriorityLevelConfigurationSpec,
  V1ResourcePolicyRule,
} from '../generated/types.ts'

/** `true`: the server keeps the spec as it should be; `false`: it is somebody else's from now on. */
export const AUTOUPDATE_SPEC = 'apf.kubernetes.io/autoupdate-spec'

/** The level, and the schema, of requests that are never held back. */
export const EXEMPT = 'exempt'
export const CATCH_ALL = 'catch-all'

const API_VERSION = 'flowcontrol.apiserver.k8s.io/v1'
const ALL = ['*']

type Queues = readonly [queues: number, handSize: number]

function level(name: string, spec: V1PriorityLevelConfigurationSpec): V1PriorityLevelConfiguration {
  const metadata = { name, annotations: { [AUTOUPDATE_SPEC]: 'true' } }
  return { apiVersion: API_VERSION, kind: 'PriorityLevelConfiguration', metadata, spec }
}

/** Without queues, what is too much is refused at once. */
function limited(shares: number, lendablePercent: number, queues?: Queues): V1PriorityLevelConfigurationSpec {
  const limits: V1LimitedPriorityLevelConfiguration = {
    nominalConcurrencyShares: shares,
    limitResponse:
      queues === undefined
        ? { type: 'Reject' }
        : { type: 'Queue', queuing: { queues: queues[0], handSize: queues[1], queueLengthLimit: 50 } },
    lendablePercent,
  }
  return { type: 'Limited', limited: limits }
}

export function mandatoryLevels(): V1PriorityLevelConfiguration[] {
  return [
    level(CATCH_ALL, limited(5, 0)),
    level(EXEMPT, { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } }),
  ]
}

export function suggestedLevels(): V1PriorityLevelConfiguration[] {
  return [
    level('system', limited(30, 33, [64, 6])),
    level('node-high', limited(40, 25, [64, 6])),
    level('leader-election', limited(10, 0, [16, 4])),
    level('workload-high', limited(40, 50, [128, 6])),
    level('workload-low', limited(100, 90, [128, 6])),
    level('global-default', limited(20, 50, [128, 6])),
  ]
}

function resourceRule(verbs: string[], apiGroups: string[], resources: string[], clusterScope: boolean) {
  const rule: V1ResourcePolicyRule = { verbs, apiGroups, resources, namespaces: ALL }
  return clusterScope ? { ...rule, clusterScope } : rule
}

const EVERYTHING: V1ResourcePolicyRule[] = [resourceRule(ALL, ALL, ALL, true)]
const ALL_PATHS: V1NonResourcePolicyRule[] = [{ verbs: ALL, nonResourceURLs: ALL }]

function groups(...names: readonly string[]): FlowcontrolV1Subject[] {
  return names.map((name) => ({ kind: 'Group', group: { name } }))
}

function users(...names: readonly string[]): FlowcontrolV1Subject[] {
  return names.map((name) => ({ kind: 'User', user: { name } }))
}

const EVERYBODY = groups('system:unauthenticated', 'system:authenticated')
const SYSTEM_ACCOUNTS: FlowcontrolV1Subject = {
  kind: 'ServiceAccount',
  serviceAccount: { namespace: 'kube-system', name: '*' },
}

interface Matches {
  readonly subjects: FlowcontrolV1Subject[]
  readonly resources?: V1ResourcePolicyRule[]
  readonly paths?: V1NonResourcePolicyRule[]
}

/** Fresh objects each time: whoever writes them may change them. */
function schema(
  name: string,
  [levelName, precedence, distinguisher]: readonly [level: string, precedence: number, distinguisher: string],
  { subjects, resources, paths }: Matches,
): V1FlowSchema {
  const rule = {
    subjects,
    ...(resources === undefined ? {} : { resourceRules: resources }),
    ...(paths === undefined ? {} : { nonResourceRules: paths }),
  }
  const spec = {
    priorityLevelConfiguration: { name: levelName },
    matchingPrecedence: precedence,
    ...(distinguisher === '' ? {} : { distinguisherMethod: { type: distinguisher } }),
    rules: [rule],
  }
  const metadata = { name, annotations: { [AUTOUPDATE_SPEC]: 'true' } }
  return cloneJson({ apiVersion: API_VERSION, kind: 'FlowSchema', metadata, spec })
}

const WHOLE = { resources: EVERYTHING, paths: ALL_PATHS }

export function mandatorySchemas(): V1FlowSchema[] {
  return [
    schema(EXEMPT, [EXEMPT, 1, ''], { subjects: groups('system:masters'), ...WHOLE }),
    schema(CATCH_ALL, [CATCH_ALL, 10_000, 'ByUser'], { subjects: EVERYBODY, ...WHOLE }),
  ]
}

export function suggestedSchemas(): V1FlowSchema[] {
  const nodes = groups('system:nodes')
  const manager = 'system:kube-controller-manager'
  const scheduler = 'system:kube-scheduler'
  const leases = (verbs: string[]) => resourceRule(verbs, ['coordination.k8s.io'], ['leases'], false)
  return [
    schema('system-nodes', ['system', 500, 'ByUser'], { subjects: nodes, ...WHOLE }),
    schema('system-node-high', ['node-high', 400, 'ByUser'], {
      subjects: nodes,
      resources: [resourceRule(ALL, [''], ['nodes', 'nodes/status'], true), leases(ALL)],
    }),
    schema('probes', [EXEMPT, 2, ''], {
      subjects: EVERYBODY,
      paths: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
    }),
    schema('system-leader-election', ['leader-election', 100, 'ByUser'], {
      subjects: [...users(manager, scheduler), SYSTEM_ACCOUNTS],
      resources: [leases(['get', 'create', 'update'])],
    }),
    schema('kube-controller-manager', ['workload-high', 800, 'ByNamespace'], { subjects: users(manager), ...WHOLE }),
    schema('kube-scheduler', ['workload-high', 800, 'ByNamespace'], { subjects: users(scheduler), ...WHOLE }),
    schema('kube-system-service-accounts', ['workload-high', 900, 'ByNamespace'], {
      subjects: [SYSTEM_ACCOUNTS],
      ...WHOLE,
    }),
    schema('service-accounts', ['workload-low', 9000, 'ByUser'], {
      subjects: groups('system:serviceaccounts'),
      ...WHOLE,
    }),
    schema('global-default', ['global-default', 9900, 'ByUser'], { subjects: EVERYBODY, ...WHOLE }),
  ]
}
