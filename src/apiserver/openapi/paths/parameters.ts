/**
 * Parameters of operations: what the query may say is what types of options have as fields (k8s.io/apiserver
 * pkg/endpoints/installer.go, AddObjectParams; k8s.io/api core/v1 and k8s.io/apimachinery meta/v1 types.go).
 */
import type { Parameter } from './operation.ts'

type Options = Readonly<Record<string, Parameter['type']>>

const WRITING: Options = { dryRun: 'string', fieldManager: 'string', fieldValidation: 'string' }
const STREAMS: Options = { container: 'string', stderr: 'boolean', stdin: 'boolean', stdout: 'boolean', tty: 'boolean' }
const PROXY: Options = { path: 'string' }

const OPTIONS = {
  GetOptions: { resourceVersion: 'string' },
  ListOptions: {
    allowWatchBookmarks: 'boolean', continue: 'string', fieldSelector: 'string', labelSelector: 'string',
    limit: 'integer', resourceVersion: 'string', resourceVersionMatch: 'string', sendInitialEvents: 'boolean',
    shardSelector: 'string', timeoutSeconds: 'integer', watch: 'boolean',
  },
  CreateOptions: WRITING,
  UpdateOptions: WRITING,
  PatchOptions: { ...WRITING, force: 'boolean' },
  DeleteOptions: {
    dryRun: 'string', gracePeriodSeconds: 'integer', ignoreStoreReadErrorWithClusterBreakingPotential: 'boolean',
    orphanDependents: 'boolean', propagationPolicy: 'string',
  },
  PodExecOptions: { command: 'string', ...STREAMS },
  PodAttachOptions: STREAMS,
  PodPortForwardOptions: { ports: 'integer' },
  PodProxyOptions: PROXY,
  ServiceProxyOptions: PROXY,
  NodeProxyOptions: PROXY,
  PodLogOptions: {
    container: 'string', follow: 'boolean', insecureSkipTLSVerifyBackend: 'boolean', limitBytes: 'integer',
    previous: 'boolean', sinceSeconds: 'integer', stream: 'string', tailLines: 'integer', timestamps: 'boolean',
  },
} as const satisfies Record<string, Options>

export type OptionsType = keyof typeof OPTIONS

/** Of what is alike, texts are found under one of them. */
const TOLD_AS: Readonly<Partial<Record<OptionsType, OptionsType>>> = {
  UpdateOptions: 'CreateOptions', GetOptions: 'ListOptions',
}

export function isOptions(kind: string): kind is OptionsType {
  return Object.hasOwn(OPTIONS, kind)
}

export function optionParameters(type: OptionsType, without: readonly string[] = []): Parameter[] {
  const options: Options = OPTIONS[type]
  return Object.entries(options)
    .filter(([name]) => !without.includes(name))
    .map(([name, valueType]) => ({
      name, place: 'query', type: valueType, told: { of: TOLD_AS[type] ?? type },
    }))
}

/** What every request may have, or every address: their texts are under this name. */
const REQUEST = 'Request'

export const PRETTY: Parameter = { name: 'pretty', place: 'query', type: 'string', told: { of: REQUEST } }
export const NAMESPACE: Parameter = { name: 'namespace', place: 'path', type: 'string', told: { of: REQUEST } }
/** What follows in the path of a proxy. */
export const REST_OF_PATH: Parameter = { name: 'path', place: 'path', type: 'string', told: { of: REQUEST } }

export function nameParameter(kind: string): Parameter {
  return { name: 'name', place: 'path', type: 'string', told: { text: `name of the ${kind}` } }
}
