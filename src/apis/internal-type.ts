/**
 * How upstream's error texts call the type of a kind inside the server: `core.Pod`, `apps.Deployment`.
 */

/** The package of the internal types, where it is not the first word of the group. */
const PACKAGES: Readonly<Record<string, string>> = {
  '': 'core',
  'events.k8s.io': 'core',
  'rbac.authorization.k8s.io': 'rbac',
}

export function internalType({ group, kind }: { readonly group: string; readonly kind: string }): string {
  return `${PACKAGES[group] ?? group.split('.', 1).join('')}.${kind}`
}
