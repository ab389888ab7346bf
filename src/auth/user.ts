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

/** Who a controller of ours acts as. */
export function controllerUser(name: string): UserInfo {
  return serviceAccountUser('kube-system', `${name}-controller`)
}

export function serviceAccountUser(namespace: string, name: string, uid?: string): UserInfo {
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    ...(uid === undefined ? {} : { uid }),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, AUTHENTICATED_GROUP],
  }
}
