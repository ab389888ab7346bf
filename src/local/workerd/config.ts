/**
 * workerd's configuration as text (Cap'n Proto), from plain data. Pure: no file is read here. Secrets are named, not
 * written: workerd takes them from its environment, so the text may lie on disk.
 */
/** Paths of PEM files, relative to the configuration's folder. */
interface KeyPair {
  readonly keyPath: string
  readonly certificatePath: string
}

export interface SocketConfig {
  readonly name: string
  /** `127.0.0.1:6443` */
  readonly address: string
  /** Set on every request that comes in here, whatever the client sent under that name. */
  readonly injectHeaders: Readonly<Record<string, string>>
  /** Undefined: plain HTTP. */
  readonly tls?: KeyPair
}

/** A server outside this process that a binding reaches by HTTP, or by HTTPS when a CA is given. */
export interface ExternalConfig {
  readonly name: string
  readonly address: string
  readonly trustedCertificatePath?: string
  /** HTTPS with the CAs of browsers, where none is given. */
  readonly isPublic?: boolean
  /** Whom its certificate is about; `localhost` unless said. */
  readonly certificateHost?: string
}

/** A way to servers anywhere. */
export interface NetworkConfig {
  readonly name: string
  /** The client certificate that they are shown. */
  readonly shown?: KeyPair
  /** Whose certificates servers there may have, besides those that browsers trust. */
  readonly trustedCertificatePath: string
}

/** A folder whose files a binding reads by HTTP. */
export interface DiskConfig {
  readonly name: string
  /** Absolute. */
  readonly path: string
}

export interface WorkerConfig {
  /** Module name → path relative to the configuration's folder; the first is the start-up module. */
  readonly modules: readonly { readonly name: string; readonly path: string }[]
  readonly compatibilityDate: string
  readonly objects: readonly { readonly binding: string; readonly className: string }[]
  readonly services: readonly { readonly binding: string; readonly service: string }[]
  readonly texts: Readonly<Record<string, string>>
  /** Bindings whose text is in workerd's environment under the same name. */
  readonly environment: readonly string[]
  /** The Worker Loader's binding; it needs `--experimental`. */
  readonly loader?: string
}

export interface WorkerdConfig {
  readonly sockets: readonly SocketConfig[]
  readonly externals: readonly ExternalConfig[]
  readonly networks?: readonly NetworkConfig[]
  readonly disks?: readonly DiskConfig[]
  readonly worker: WorkerConfig
  /** Absolute; where Durable Objects keep their SQLite files. */
  readonly storageFolder: string
  /** Each half of an isolate's young generation, at most: what outlives it is copied, and collected with the old. */
  readonly youngHeapMiB: number
  /** What an isolate's old generation holds when it is collected for the first time. Left out: the engine's own idea. */
  readonly firstOldHeapMiB?: number
  /** Of old generations, for each isolate; its process ends when one needs more. Left out: the engine's own limit. */
  readonly isolateHeapMiB?: number
}

/** Part of the path of every stored object: changing it loses them all. */
const uniqueKey = (className: string): string => `workernetes-${className}`

export function workerdConfigText(config: WorkerdConfig): string {
  const { sockets, externals, networks = [], disks = [], worker, storageFolder } = config
  const { youngHeapMiB, firstOldHeapMiB, isolateHeapMiB } = config
  const v8Flags = [`--max-semi-space-size=${String(youngHeapMiB)}`]
  if (firstOldHeapMiB !== undefined) v8Flags.push(`--initial-old-space-size=${String(firstOldHeapMiB)}`)
  if (isolateHeapMiB !== undefined) v8Flags.push(`--max-old-space-size=${String(isolateHeapMiB)}`)
  const services = [
    '(name = "main", worker = .main)',
    `(name = "storage", disk = (path = ${quote(storageFolder)}, writable = true))`,
    ...externals.map(externalText),
    ...networks.map(networkText),
    ...disks.map(({ name, path }) => `(name = ${quote(name)}, disk = (path = ${quote(path)}))`),
  ]
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  v8Flags = ${list(v8Flags.map(quote))},
  services = ${block(services)},
  sockets = ${block(sockets.map(socketText))},
);

const main :Workerd.Worker = (
  modules = ${block(worker.modules.map(({ name, path }) => `(name = ${quote(name)}, ${moduleText(name, path)})`))},
  compatibilityDate = ${quote(worker.compatibilityDate)},
  bindings = ${block(bindingTexts(worker))},
  durableObjectNamespaces = ${block(worker.objects.map(({ className }) => namespaceText(className)))},
  durableObjectStorage = (localDisk = "storage"),
);
`
}

function moduleText(name: string, path: string): string {
  if (!/\.m?js$/.test(name)) throw new Error(`a bundle has JavaScript modules only, not ${name}`)
  return `esModule = embed ${quote(path)}`
}

function namespaceText(className: string): string {
  return `(className = ${quote(className)}, uniqueKey = ${quote(uniqueKey(className))}, enableSql = true)`
}

function bindingTexts({ objects, services, texts, environment, loader }: WorkerConfig): string[] {
  return [
    ...objects.map(
      ({ binding, className }) => `(name = ${quote(binding)}, durableObjectNamespace = ${quote(className)})`,
    ),
    ...services.map(({ binding, service }) => `(name = ${quote(binding)}, service = ${quote(service)})`),
    ...Object.entries(texts).map(([name, text]) => `(name = ${quote(name)}, text = ${quote(text)})`),
    ...environment.map((name) => `(name = ${quote(name)}, fromEnvironment = ${quote(name)})`),
    ...(loader === undefined ? [] : [`(name = ${quote(loader)}, workerLoader = ())`]),
  ]
}

function socketText({ name, address, injectHeaders, tls }: SocketConfig): string {
  const headers = Object.entries(injectHeaders).map(([key, value]) => `(name = ${quote(key)}, value = ${quote(value)})`)
  const options = `(injectRequestHeaders = ${list(headers)})`
  const start = `name = ${quote(name)}, address = ${quote(address)}, service = "main"`
  if (tls === undefined) return `(${start}, http = ${options})`
  return `(${start}, https = (options = ${options}, tlsOptions = (keypair = (${pairText(tls)}))))`
}

function externalText({ name, address, ...config }: ExternalConfig): string {
  const { trustedCertificatePath, isPublic = false, certificateHost = 'localhost' } = config
  const start = `name = ${quote(name)}`
  if (trustedCertificatePath === undefined && !isPublic) {
    return `(${start}, external = (address = ${quote(address)}, http = ()))`
  }
  const whom =
    trustedCertificatePath === undefined
      ? 'trustBrowserCas = true'
      : `trustedCertificates = [embed ${quote(trustedCertificatePath)}]`
  const https = `(options = (), tlsOptions = (${whom}), certificateHost = ${quote(certificateHost)})`
  return `(${start}, external = (address = ${quote(address)}, https = ${https}))`
}

/** The machine's own network as well: who runs servers beside this one is who runs this one. */
function networkText({ name, shown, trustedCertificatePath }: NetworkConfig): string {
  const trusted = `trustBrowserCas = true, trustedCertificates = [embed ${quote(trustedCertificatePath)}]`
  const tls = shown === undefined ? trusted : `keypair = (${pairText(shown)}), ${trusted}`
  return `(name = ${quote(name)}, network = (allow = ["public", "private"], tlsOptions = (${tls})))`
}

function pairText({ keyPath, certificatePath }: KeyPair): string {
  return `privateKey = embed ${quote(keyPath)}, certificateChain = embed ${quote(certificatePath)}`
}

function list(items: readonly string[]): string {
  return `[${items.join(', ')}]`
}

function block(items: readonly string[]): string {
  return items.length === 0 ? '[]' : `[\n    ${items.join(',\n    ')},\n  ]`
}

/** Cap'n Proto strings take the escapes of C; JSON's are the same but for \u, which none of our texts should need. */
function quote(text: string): string {
  let quoted = ''
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (char === '"' || char === '\\') quoted += `\\${char}`
    else if (char === '\n') quoted += '\\n'
    else if (code < 0x20 || code === 0x7f) quoted += `\\x${code.toString(16).padStart(2, '0')}`
    else quoted += char
  }
  return `"${quoted}"`
}
