import { describe, expect, it } from 'vitest'
import type { V1Container } from '../../../src/apis/generated/types.ts'
import { CONFIG_MAP, SECRET } from '../../../src/kubelet/pod-kind.ts'
import { readConfiguration } from '../../../src/kubelet/runtimes/isolates/configuration.ts'
import { expand, resolveEnvironment } from '../../../src/kubelet/runtimes/isolates/environment.ts'
import { moduleType } from '../../../src/kubelet/runtimes/isolates/program.ts'
import { mountedFiles, resolveVolumes } from '../../../src/kubelet/runtimes/isolates/volumes.ts'
import { seededRandom } from '../../../src/lib/random.ts'
import { ScopesApi } from '../../support/scopes-api.ts'
import { SteppedClock } from '../../support/stepped-clock.ts'
import { aContainer, aPod } from '../lifecycle/pod-driver.ts'

const metadata = { name: 'conf', namespace: 'default' }

async function withObjects(): Promise<ScopesApi> {
  const api = new ScopesApi(new SteppedClock(), seededRandom(1))
  const data = { a: '1', 'nested.js': 'export default 1' }
  await api.create(CONFIG_MAP, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data, binaryData: { raw: '//8=' } })
  await api.create(SECRET, { apiVersion: 'v1', kind: 'Secret', metadata, data: { token: btoa('hush'), raw: '//8=' } })
  return api
}

const pod = aPod(
  { serviceAccountName: 'robot' },
  { labels: { app: 'web', tier: 'front' }, annotations: { note: 'hi' } },
)
pod.status = { podIP: '10.64.0.1', podIPs: [{ ip: '10.64.0.1' }], hostIP: '10.1.0.1' }

async function environment(container: Partial<V1Container>): Promise<Record<string, string>> {
  return resolveEnvironment(pod, aContainer(container), readConfiguration(await withObjects(), 'default'))
}

const field = (fieldPath: string): Partial<V1Container> => ({
  env: [{ name: 'V', valueFrom: { fieldRef: { fieldPath } } }],
})
const limits = { cpu: '1500m', memory: '64Mi' }
const resource = (name: string, divisor?: string): Partial<V1Container> => ({
  resources: { limits },
  env: [{ name: 'V', valueFrom: { resourceFieldRef: { resource: name, ...(divisor && { divisor }) } } }],
})

describe('a container’s environment', () => {
  const given: readonly [string, Partial<V1Container>, Record<string, string>][] = [
    ['a value', { env: [{ name: 'V', value: 'x' }] }, { V: 'x' }],
    [
      'names that every object knows',
      { env: [{ name: '__proto__', value: 'x' }, { name: 'V', value: '$(__proto__)$(constructor)' }] },
      Object.fromEntries([['__proto__', 'x'], ['V', 'x$(constructor)']]),
    ],
    ['a label that is not there', field("metadata.labels['constructor']"), { V: '' }],
    [
      'values that name earlier ones',
      { env: [{ name: 'A', value: 'x' }, { name: 'V', value: '$(A)-$(B)-$$(A)' }] },
      { A: 'x', V: 'x-$(B)-$(A)' },
    ],
    [
      'a key of a ConfigMap',
      { env: [{ name: 'V', valueFrom: { configMapKeyRef: { name: 'conf', key: 'a' } } }] },
      { V: '1' },
    ],
    [
      'a key of a Secret',
      { env: [{ name: 'V', valueFrom: { secretKeyRef: { name: 'conf', key: 'token' } } }] },
      { V: 'hush' },
    ],
    [
      'an optional key that is not there',
      { env: [{ name: 'V', valueFrom: { secretKeyRef: { name: 'conf', key: 'x', optional: true } } }] },
      {},
    ],
    ['an optional Secret that is not there', { envFrom: [{ secretRef: { name: 'no', optional: true } }] }, {}],
    [
      'all of a Secret that is text, with a prefix',
      { envFrom: [{ prefix: 'P_', secretRef: { name: 'conf' } }] },
      { P_token: 'hush' },
    ],
    [
      'its own values over those of envFrom',
      { envFrom: [{ configMapRef: { name: 'conf' } }], env: [{ name: 'a', value: '2' }] },
      { a: '2', 'nested.js': 'export default 1' },
    ],
    ['the pod’s name', field('metadata.name'), { V: 'web' }],
    ['one label', field("metadata.labels['tier']"), { V: 'front' }],
    ['the pod’s address', field('status.podIP'), { V: '10.64.0.1' }],
    ['the service account', field('spec.serviceAccountName'), { V: 'robot' }],
    ['a cpu limit, rounded up to whole processors', resource('limits.cpu'), { V: '2' }],
    ['a cpu limit in thousandths', resource('limits.cpu', '1m'), { V: '1500' }],
    ['a memory limit in mebibytes', resource('limits.memory', '1Mi'), { V: '64' }],
    ['a request that is not set', resource('requests.memory'), { V: '0' }],
  ]
  it.each(given)('has %s', async (_what, container, want) => {
    expect(await environment(container)).toEqual(want)
  })

  const refused: readonly [Partial<V1Container>, string][] = [
    [{ env: [{ name: 'V', valueFrom: { configMapKeyRef: { name: 'no', key: 'a' } } }] }, 'configmap "no" not found'],
    [{ envFrom: [{ secretRef: { name: 'no' } }] }, 'secret "no" not found'],
    [
      { env: [{ name: 'V', valueFrom: { configMapKeyRef: { name: 'conf', key: 'x' } } }] },
      "couldn't find key x in ConfigMap default/conf",
    ],
    [
      { env: [{ name: 'V', valueFrom: { secretKeyRef: { name: 'conf', key: 'x' } } }] },
      "couldn't find key x in Secret default/conf",
    ],
    [field('spec.nowhere'), 'unsupported fieldPath: spec.nowhere'],
  ]
  it.each(refused)('%j is refused as a configuration error', async (container, message) => {
    await expect(environment(container)).rejects.toMatchObject({ reason: 'CreateContainerConfigError', message })
  })

  it('leaves $(names) of nobody as they are', () => {
    expect(expand('$(A) $A $$ $(', new Map([['A', '1']]))).toBe('1 $A $ $(')
  })
})

describe('a container’s files', () => {
  const ports = async () => ({
    configuration: readConfiguration(await withObjects(), 'default'),
    token: (): Promise<string> => Promise.resolve('signed'),
  })

  it('come from ConfigMaps, Secrets, the downward API and tokens, by path', async () => {
    const volumes = [
      { name: 'code', configMap: { name: 'conf', items: [{ key: 'nested.js', path: 'lib/nested.js' }] } },
      {
        name: 'all',
        projected: {
          sources: [
            { secret: { name: 'conf' } },
            { serviceAccountToken: { path: 'sa/token' } },
            { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
          ],
        },
      },
      { name: 'scratch', emptyDir: {} },
    ]
    const resolved = await resolveVolumes({ ...pod, spec: { ...pod.spec, containers: [], volumes } }, await ports())
    const volumeMounts = [
      { name: 'code', mountPath: '/app/' },
      { name: 'all', mountPath: '/var/all' },
      { name: 'all', mountPath: '/one', subPath: 'sa/token' },
      { name: 'scratch', mountPath: '/tmp' },
    ]
    const files = mountedFiles(aContainer({ volumeMounts }), resolved)
    expect(Object.fromEntries(files)).toEqual({
      'app/lib/nested.js': 'export default 1',
      'var/all/token': 'hush',
      'var/all/raw': new Uint8Array([255, 255]),
      'var/all/sa/token': 'signed',
      'var/all/labels': 'app="web"\ntier="front"',
      one: 'signed',
    })
  })

  const refused: readonly [Record<string, unknown>, string][] = [
    [{ configMap: { name: 'no' } }, 'configmap "no" not found'],
    [{ secret: { secretName: 'no' } }, 'secret "no" not found'],
    [
      { configMap: { name: 'conf', items: [{ key: 'x', path: 'x' }] } },
      'configmap references non-existent config key: x',
    ],
    [{ secret: { secretName: 'conf', items: [{ key: 'x', path: 'x' }] } }, 'references non-existent secret key: x'],
    [{ hostPath: { path: '/' } }, 'volumes of type hostPath are not supported by isolates'],
  ]
  it.each(refused)('%j cannot be mounted', async (source, why) => {
    const volumes = [{ name: 'v', ...source }]
    const resolving = resolveVolumes({ ...pod, spec: { containers: [], volumes } }, await ports())
    const message = `MountVolume.SetUp failed for volume "v" : ${why}`
    await expect(resolving).rejects.toMatchObject({ reason: 'FailedMount', message })
  })

  it.each([
    ['app/index.js', 'x', 'js'],
    ['app/index.mjs', 'x', 'js'],
    ['app/old.cjs', 'x', 'cjs'],
    ['app/data.json', '{}', 'json'],
    ['app/page.html', 'x', 'text'],
    ['app/code.wasm', new Uint8Array(1), 'wasm'],
    ['app/image.png', new Uint8Array(1), 'data'],
  ] as const)('%s becomes a module', (path, body, type) => {
    expect(moduleType(path, body)).toBe(type)
  })
})
