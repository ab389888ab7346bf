/** The Deployment of 5 KB that writes are measured with: what a team's chart makes of two containers. */

const LABELS = {
  'app.kubernetes.io/name': 'storefront',
  'app.kubernetes.io/part-of': 'shop',
  'app.kubernetes.io/managed-by': 'platform-team',
  'helm.sh/chart': 'storefront-4.12.0',
}

const probe = (path: string, periodSeconds: number): object => ({
  httpGet: { path, port: 'http', scheme: 'HTTP' },
  initialDelaySeconds: 5,
  periodSeconds,
  timeoutSeconds: 2,
  failureThreshold: 3,
})

const env = (prefix: string, count: number): object[] =>
  Array.from({ length: count }, (_, n) => ({
    name: `${prefix}_${String(n).padStart(2, '0')}`,
    value: `https://service-${String(n)}.shop.svc.cluster.local:8443/api`,
  }))

const container = (name: string, version: string, variables: number): object => ({
  name,
  image: `registry.example.com/shop/${name}:${version}`,
  args: ['--listen=:8080', '--config=/etc/shop/config.yaml', '--log-format=json', '--shutdown-timeout=25s'],
  ports: [
    { name: 'http', containerPort: 8080, protocol: 'TCP' },
    { name: 'metrics', containerPort: 9090, protocol: 'TCP' },
  ],
  env: [
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'storefront', key: 'token' } } },
    ...env(name.toUpperCase(), variables),
  ],
  resources: { limits: { cpu: '1', memory: '512Mi' }, requests: { cpu: '250m', memory: '256Mi' } },
  volumeMounts: [
    { name: 'config', mountPath: '/etc/shop', readOnly: true },
    { name: 'cache', mountPath: '/var/cache/shop' },
  ],
  livenessProbe: probe('/healthz', 10),
  readinessProbe: probe('/ready', 5),
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
})

/** Paused and without replicas: what is measured is the write, not the pods that would follow. */
export function largeDeployment(name: string, version: string): object {
  const labels = { ...LABELS, 'app.kubernetes.io/instance': name }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels, annotations: { 'example.com/owner': 'shop@example.com' } },
    spec: {
      replicas: 0,
      paused: true,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9090' } },
        spec: {
          containers: [container('web', version, 14), container('proxy', '2.31.4', 6)],
          volumes: [
            { name: 'config', configMap: { name: 'storefront' } },
            { name: 'cache', emptyDir: { sizeLimit: '1Gi' } },
          ],
          securityContext: { runAsNonRoot: true, runAsUser: 10_001, fsGroup: 10_001 },
          affinity: {
            podAntiAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [
                {
                  weight: 100,
                  podAffinityTerm: { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' },
                },
              ],
            },
          },
          tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'shop', effect: 'NoSchedule' }],
        },
      },
    },
  }
}
