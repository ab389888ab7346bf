/**
 * Reads of ConfigMaps and Secrets for one start of a pod's container: each object is asked for once, so that all
 * volumes and variables of that start see the same version.
 */
import type { Client } from '../../../client/client.ts'
import { CONFIG_MAP, SECRET } from '../../pod-kind.ts'

/** One file of a volume: text as it is, everything else as bytes. */
export type FileBody = string | Uint8Array<ArrayBuffer>

export interface ConfigurationData {
  text(key: string): string | undefined
  /** Keys whose values are text, in order. */
  texts(): readonly (readonly [string, string])[]
  files(): ReadonlyMap<string, FileBody>
}

export interface Configuration {
  /** undefined: there is none of this name. */
  configMap(name: string): Promise<ConfigurationData | undefined>
  secret(name: string): Promise<ConfigurationData | undefined>
}

export function readConfiguration(client: Client, namespace: string): Configuration {
  const known = new Map<string, Promise<ConfigurationData | undefined>>()
  const once = (
    key: string,
    read: () => Promise<ConfigurationData | undefined>,
  ): Promise<ConfigurationData | undefined> => {
    const reading = known.get(key) ?? read()
    known.set(key, reading)
    return reading
  }
  return {
    configMap: (name) =>
      once(`configmap ${name}`, async () => {
        const found = await client.find(CONFIG_MAP, { namespace, name })
        return (
          found &&
          dataOf(new Map<string, FileBody>([...Object.entries(found.data ?? {}), ...decoded(found.binaryData)]))
        )
      }),
    secret: (name) =>
      once(`secret ${name}`, async () => {
        const found = await client.find(SECRET, { namespace, name })
        return (
          found && dataOf(new Map<string, FileBody>(decoded(found.data).map(([key, bytes]) => [key, asText(bytes)])))
        )
      }),
  }
}

function dataOf(files: ReadonlyMap<string, FileBody>): ConfigurationData {
  const text = (key: string): string | undefined => {
    const body = files.get(key)
    return typeof body === 'string' ? body : undefined
  }
  return {
    text,
    texts: () =>
      [...files.keys()].sort().flatMap((key) => {
        const value = text(key)
        return value === undefined ? [] : [[key, value] as const]
      }),
    files: () => files,
  }
}

function decoded(data: Readonly<Record<string, string>> | undefined): [string, Uint8Array<ArrayBuffer>][] {
  return Object.entries(data ?? {}).map(([key, base64]) => [
    key,
    Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)),
  ])
}

/** A Secret's values are bytes that mostly are text. */
function asText(bytes: Uint8Array<ArrayBuffer>): FileBody {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return bytes
  }
}
