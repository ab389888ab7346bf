/** Who makes a request, once authenticated (k8s.io/apiserver pkg/authentication/user). */
export interface UserInfo {
  readonly username: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

export const AUTHENTICATED_GROUP = 'system:authenticated'
export const UNAUTHENTICATED_GROUP = 'system:unauthenticated'
export const MASTERS_GROUP = 'system:masters'
export const ANONYMOUS_USER = 'system:anonymous'
export const SERVICE_ACCOUNT_PREFIX = 'system:serviceaccount:'
/** Extra of a service account's token: the node of the pod that it is for. */
export const NODE_NAME_KEY = 'authentication.kubernetes.io/node-name'

/** Controllers whose service account upstream does not call `NAME-controller`, or that share another one's. */
const CONTROLLER_ACCOUNTS: Readonly<Record<string, string>> = {
  'cluster-role-aggregation': 'clusterrole-aggregation-controller',
  'garbage-collector': 'generic-garbage-collector',
  'node-ipam': 'node-controller',
  'pod-garbage-collector': 'pod-garbage-collector',
  'root-ca': 'root-ca-cert-publisher',
}

/** Our controllers, running in process; no token carries it. Reads everything, as upstream's shared informers do. */
export const CONTROLLERS_GROUP = 'system:workernetes:controllers'

/** Kubernetes has no such controller, so it has no account there either (bootstrap-policy/own-roles.ts). */
const CLUSTER_CONTROLLER = 'system:workernetes:cluster-controller'

/** Who the server itself acts as when it sets a cluster up (upstream's loopback client). */
export const SERVER_USER: UserInfo = { username: 'system:apiserver', groups: [MASTERS_GROUP, AUTHENTICATED_GROUP] }

/** Controllers that are upstream's API server itself. */
const OF_THE_SERVER: ReadonlySet<string> = new Set([
  'bootstrap', 'custom-resource-cleanup', 'custom-resource-definition',
])

/** Who a controller of ours acts as: its service account in kube-system, whose role says what it may write. */
export function controllerUser(name: string): UserInfo {
  if (OF_THE_SERVER.has(name)) return SERVER_USER
  if (name === 'cluster') return { username: CLUSTER_CONTROLLER, groups: [AUTHENTICATED_GROUP, CONTROLLERS_GROUP] }
  const usual = name.endsWith('-controller') ? name : `${name}-controller`
  const account = serviceAccountUser('kube-system', CONTROLLER_ACCOUNTS[name] ?? usual)
  return { ...account, groups: [...account.groups, CONTROLLERS_GROUP] }
}

export function serviceAccountUser(namespace: string, name: string, uid?: string): UserInfo {
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    ...(uid === undefined ? {} : { uid }),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, AUTHENTICATED_GROUP],
  }
}
