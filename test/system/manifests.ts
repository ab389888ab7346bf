/** Objects that the system's tests apply, as a user would write them. */

export function aDeployment(name: string, replicas: number): object {
  const labels = { app: name }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'example.com/main:1' }] } },
    },
  }
}

export function aService(name: string, app: string, type = 'ClusterIP'): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { type, selector: { app }, ports: [{ port: 80, targetPort: 8080 }] },
  }
}

export const aNamespace = (name: string): object => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })

export function aConfigMap(name: string, data: Readonly<Record<string, string>> = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }
}

export const aCluster = (name: string): object => ({
  apiVersion: 'workernetes.dev/v1',
  kind: 'Cluster',
  metadata: { name },
})

export function aPod(name: string, spec: object = {}): object {
  const containers = [{ name: 'main', image: 'example.com/main:1' }]
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers, ...spec } }
}
