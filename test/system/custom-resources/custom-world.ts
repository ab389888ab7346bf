/**
 * A cluster in memory with definitions of custom resources: the controllers that serve and end them, garbage collection
 * and namespaces, and requests to any scope through the real chain.
 */
import type { UserInfo } from '../../../src/auth/user.ts'
import { answerRequest } from '../../../src/apiserver/chain.ts'
import { cleanupController } from '../../../src/controllers/custom-resource-definition/cleanup.ts'
import { definitionController } from '../../../src/controllers/custom-resource-definition/definition.ts'
import { disruptionController } from '../../../src/controllers/disruption/disruption.ts'
import { garbageCollector } from '../../../src/controllers/garbage-collector/garbage-collector.ts'
import { namespaceController } from '../../../src/controllers/namespace/namespace.ts'
import type { Json } from '../../support/api.ts'
import { ADMIN } from '../../support/api.ts'
import { ControllersWorld } from '../../support/controllers-world.ts'

export const CRD_PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

export interface Answer {
  readonly code: number
  readonly body: Json
  readonly headers: Headers
  /** Texts of Warning headers. */
  readonly warnings: readonly string[]
}

interface Sent {
  readonly body?: unknown
  readonly headers?: Record<string, string>
  readonly user?: UserInfo
}

export class CustomWorld extends ControllersWorld {
  constructor(namespaces: readonly string[] = ['ns', 'other']) {
    super((api) => {
      const ports = api.clusterPorts()
      return [
        cleanupController(ports.instances),
        definitionController(ports.definitionNames),
        disruptionController(api.namespacePorts().readScale),
        garbageCollector('cluster', ports.dependentNamespaces),
        garbageCollector('namespace'),
        namespaceController(ports.namespaceContent),
      ]
    }, namespaces)
  }

  /** `path` decides which scope is asked, as the Worker does. */
  async ask(method: string, path: string, { body, headers = {}, user = ADMIN }: Sent = {}): Promise<Answer> {
    const namespace = /\/namespaces\/([^/?]+)\/./.exec(path)?.[1] ?? ''
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const request = new Request(`https://test${path}`, {
      method,
      headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(text === undefined ? {} : { body: text }),
    })
    const response = await answerRequest(this.api.scope(namespace).host, request, user)
    const answered = await response.text()
    const warnings = [...(response.headers.get('warning') ?? '').matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)]
    return {
      code: response.status,
      body: (answered.startsWith('{') ? JSON.parse(answered) : answered) as Json,
      headers: response.headers,
      warnings: warnings.map(([, warning = '']) => warning.replaceAll(/\\(.)/g, '$1')),
    }
  }

  /** All events of a watch of one namespace, once it has ended. */
  async watch(path: string): Promise<{ type: string; object: { spec?: object; kind: string; apiVersion: string } }[]> {
    const namespace = /\/namespaces\/([^/?]+)\/./.exec(path)?.[1] ?? ''
    const response = await answerRequest(this.api.scope(namespace).host, new Request(`https://test${path}`), ADMIN)
    const lines = (await response.text()).split('\n').filter((line) => line !== '')
    return lines.map((line) => JSON.parse(line) as Awaited<ReturnType<CustomWorld['watch']>>[number])
  }

  /** The answer to a GET as it comes. */
  async stream(path: string): Promise<ReadableStream<Uint8Array>> {
    const namespace = /\/namespaces\/([^/?]+)\/./.exec(path)?.[1] ?? ''
    const { body } = await answerRequest(
      this.api.scope(namespace).host,
      new Request(`https://test${path}`),
      ADMIN,
    )
    if (body === null) throw new Error('the answer is empty')
    return body
  }

  /** Creates a definition and lets it be served. */
  async define(definition: object): Promise<void> {
    await this.api.ready
    const { code, body } = await this.ask('POST', CRD_PATH, { body: definition })
    if (code !== 201) throw new Error(`the definition was refused: ${JSON.stringify(body)}`)
    await this.settle()
  }
}

interface WidgetOptions {
  readonly group?: string
  readonly plural?: string
  readonly kind?: string
  readonly scope?: 'Namespaced' | 'Cluster'
  readonly names?: object
  readonly versions?: readonly object[]
  readonly spec?: object
}

/** A definition with one version `v1` that keeps every field, unless `versions` says otherwise. */
export function aDefinition({
  group = 'example.com',
  plural = 'widgets',
  kind = 'Widget',
  scope = 'Namespaced',
  names = {},
  versions = [aVersion()],
  spec = {},
}: WidgetOptions = {}): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, scope, names: { plural, kind, ...names }, versions, ...spec },
  }
}

export function aVersion(fields: object = {}): object {
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  return { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema }, ...fields }
}

export function aWidget(name: string, fields: object = {}, metadata: object = {}): object {
  return { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name, ...metadata }, ...fields }
}
