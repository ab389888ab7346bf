/**
 * A container's environment: values with $(NAME) expanded, ConfigMaps, Secrets, the pod's own fields and resources.
 * Texts of errors: pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables); expansion:
 * third_party/forked/golang/expansion.
 *
 * Differs: no variables of Services (enableServiceLinks); isolates use names of cluster DNS.
 */
import type { V1Container, V1EnvVar, V1Pod } from '../../../apis/generated/types.ts'
import { RuntimeError } from '../../runtime.ts'
import type { Configuration } from './configuration.ts'
import { fieldValue, resourceValue } from './downward.ts'

const CONFIG_ERROR = 'CreateContainerConfigError'

export async function resolveEnvironment(
  pod: V1Pod,
  container: V1Container,
  configuration: Configuration,
): Promise<Record<string, string>> {
  const env = new Map<string, string>()
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const data =
      configMapRef === undefined
        ? await configuration.secret(secretRef?.name ?? '')
        : await configuration.configMap(configMapRef.name ?? '')
    if (data === undefined) {
      if ((configMapRef ?? secretRef)?.optional === true) continue
      throw missing(configMapRef === undefined ? 'secret' : 'configmap', (configMapRef ?? secretRef)?.name ?? '')
    }
    for (const [key, value] of data.texts()) env.set(`${prefix}${key}`, value)
  }
  for (const variable of container.env ?? []) {
    const value = await valueOf(variable, env, pod, container, configuration)
    if (value !== undefined) env.set(variable.name, value)
  }
  return Object.fromEntries(env)
}

async function valueOf(
  { value, valueFrom }: V1EnvVar,
  known: ReadonlyMap<string, string>,
  pod: V1Pod,
  container: V1Container,
  configuration: Configuration,
): Promise<string | undefined> {
  if (valueFrom === undefined) return expand(value ?? '', known)
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = valueFrom
  if (fieldRef !== undefined) return fieldValue(pod, fieldRef.fieldPath)
  if (resourceFieldRef !== undefined) return resourceValue(pod, container, resourceFieldRef)
  const isConfigMap = configMapKeyRef !== undefined
  const { name = '', key = '', optional } = configMapKeyRef ?? secretKeyRef ?? {}
  const data = isConfigMap ? await configuration.configMap(name) : await configuration.secret(name)
  if (data === undefined && optional === true) return undefined
  if (data === undefined) throw missing(isConfigMap ? 'configmap' : 'secret', name)
  const text = data.text(key)
  if (text === undefined && optional !== true) {
    const where = `${pod.metadata.namespace ?? ''}/${name}`
    throw new RuntimeError(CONFIG_ERROR, `couldn't find key ${key} in ${isConfigMap ? 'ConfigMap' : 'Secret'} ${where}`)
  }
  return text
}

function missing(kind: 'configmap' | 'secret', name: string): RuntimeError {
  return new RuntimeError(CONFIG_ERROR, `${kind} ${JSON.stringify(name)} not found`)
}

/** `$(NAME)` becomes the variable's value, `$$` a dollar sign; names that nobody set stay as written. */
export function expand(text: string, known: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$(\$|\(([^)]*)\))/g, (written, kind: string, name: string | undefined) => {
    if (kind === '$') return '$'
    return known.get(name ?? '') ?? written
  })
}
