/**
 * Every binding and variable of the deployment, one line of documentation each. Text variables are checked with zod at
 * the first request, so that a wrong deployment says what is wrong instead of failing somewhere inside.
 */
import * as z from 'zod'
import type { NamespaceObject } from './objects/namespace-object.ts'
import type { CloudObject } from './objects/cloud-object.ts'
import type { SchedulerObject } from './objects/scheduler-object.ts'
import type { SequencerObject } from './objects/sequencer-object.ts'

export interface Env {
  /** One object per namespace of a logical cluster, and one for its cluster scope. */
  readonly NAMESPACE_OBJECTS: DurableObjectNamespace<NamespaceObject>
  /** One object per logical cluster: revisions, and lists and watches over all namespaces. */
  readonly SEQUENCER_OBJECTS: DurableObjectNamespace<SequencerObject>
  /** One object per logical cluster: the scheduling queue and the node snapshot. */
  readonly SCHEDULER_OBJECTS: DurableObjectNamespace<SchedulerObject>
  /** One object per logical cluster: what waits on clouds. */
  readonly CLOUD_OBJECTS: DurableObjectNamespace<CloudObject>
  /**
   * The Worker that runs pods' code, reached with INTERNAL_SECRET: another process locally, the same deployment at
   * the edge.
   */
  readonly PODS: Fetcher
  /** Files that are read only when somebody asks for what is in them: descriptions for OpenAPI, the page. */
  readonly ASSETS: Pick<Fetcher, 'fetch'>
  /** SHA-256, in hexadecimal, of the bootstrap admin's token. Empty: there is no bootstrap admin. */
  readonly BOOTSTRAP_TOKEN_SHA256?: string
  /** The private key that signs ServiceAccount tokens: an ES256 JWK as JSON. */
  readonly SERVICE_ACCOUNT_KEY?: string
  /** The certificate authority that clients inside pods should trust, in PEM. Empty at the edge: public CAs serve. */
  readonly ROOT_CA?: string
  /** The way to webhooks at addresses, where it is not the Internet's (the local server's). */
  readonly WEBHOOKS?: Pick<Fetcher, 'fetch'>
  /** The way to API servers outside, by which a client certificate is shown to them (the edge: `mtls_certificates`). */
  readonly FRONT_PROXY?: Pick<Fetcher, 'fetch'>
  /** The authority of that certificate, in PEM, and the common names that it may have, separated by commas. */
  readonly FRONT_PROXY_CA?: string
  readonly FRONT_PROXY_NAMES?: string
  /** What callers of /internal/ must know: the local server's host process and the pods' Worker. */
  readonly INTERNAL_SECRET?: string
  /** The address that pods and kubeconfigs reach the API under: `https://127.0.0.1:6443`. */
  readonly API_ADDRESS?: string
  /** Services get hosts under this domain at the edge: NAME.NAMESPACE.DOMAIN. */
  readonly SERVICE_DOMAIN?: string
  /** How Services are reached locally: `http://NAME.NAMESPACE.localhost:8080`, with this port. */
  readonly SERVICE_HTTP_PORT?: string
  /** Nodes made at bootstrap: `isolates`, and this many simulated ones. */
  readonly SIMULATED_NODES?: string
  /** Who makes load balancers: `edge` (this Worker itself) or `webhook`. */
  readonly CLOUD_PROVIDER?: string
  /** Where the provider `webhook` is called, and the key that signs its calls. */
  readonly CLOUD_WEBHOOK_URL?: string
  readonly CLOUD_WEBHOOK_SECRET?: string
  /** audit.k8s.io/v1 Policy, as YAML or JSON. Empty: nothing is audited. */
  readonly AUDIT_POLICY?: string
  /** `console`: audit events are logged, one line each; so they are where there is no webhook. */
  readonly AUDIT_LOG?: string
  /** `batch`, `blocking` or `blocking-strict`: whether requests wait for the log, and are refused where it cannot be written. */
  readonly AUDIT_LOG_MODE?: string
  /** Larger events go without their objects; 0: none is too large. */
  readonly AUDIT_LOG_MAX_EVENT_SIZE?: string
  readonly AUDIT_WEBHOOK_MAX_EVENT_SIZE?: string
  /** The host that writes the log's file (the local server's). */
  readonly AUDIT_LOG_FILE?: Pick<Fetcher, 'fetch'>
  /** Where audit events are posted, and the bearer token of the posts. */
  readonly AUDIT_WEBHOOK_URL?: string
  readonly AUDIT_WEBHOOK_TOKEN?: string
  /** As of the log; `batch`: so many events at once, or after so long; so many wait, and a batch is tried again after so long. */
  readonly AUDIT_WEBHOOK_MODE?: string
  readonly AUDIT_WEBHOOK_BATCH_SIZE?: string
  readonly AUDIT_WEBHOOK_BATCH_WAIT_MS?: string
  readonly AUDIT_WEBHOOK_BUFFER_SIZE?: string
  readonly AUDIT_WEBHOOK_RETRY_MS?: string
  /** The way to it, where it is not the Internet (the local server's). */
  readonly AUDIT_WEBHOOK?: Fetcher
  /** debug, info, warn or error. */
  readonly LOG_LEVEL?: string
}

const text = z.string().default('')

/** `batch`: nothing waits; else each event is waited for. */
export const AUDIT_MODES = ['batch', 'blocking', 'blocking-strict'] as const
export type AuditMode = (typeof AUDIT_MODES)[number]

const auditMode = z.enum(AUDIT_MODES).default('batch')
const amount = (left: number, least = 0) => z.coerce.number().int().min(least).default(left)

const variables = z.object({
  BOOTSTRAP_TOKEN_SHA256: z
    .string()
    .regex(/^([0-9a-f]{64})?$/, 'must be a SHA-256 in lower-case hexadecimal')
    .default(''),
  SERVICE_ACCOUNT_KEY: text,
  ROOT_CA: text,
  FRONT_PROXY_CA: text,
  FRONT_PROXY_NAMES: z.string().default('front-proxy-client'),
  INTERNAL_SECRET: text,
  API_ADDRESS: z.string().default('https://127.0.0.1:6443'),
  SERVICE_DOMAIN: text,
  SERVICE_HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  SIMULATED_NODES: z.coerce.number().int().min(0).max(5_000).default(1),
  CLOUD_PROVIDER: z.string().default('edge'),
  CLOUD_WEBHOOK_URL: text,
  CLOUD_WEBHOOK_SECRET: text,
  AUDIT_POLICY: text,
  AUDIT_LOG: z.enum(['', 'console']).default(''),
  AUDIT_LOG_MODE: auditMode,
  AUDIT_LOG_MAX_EVENT_SIZE: amount(0),
  AUDIT_WEBHOOK_MAX_EVENT_SIZE: amount(0),
  AUDIT_WEBHOOK_MODE: auditMode,
  AUDIT_WEBHOOK_BATCH_SIZE: amount(400, 1),
  // Shorter than upstream's 30 s and 10 s, as an object may go once it rests.
  AUDIT_WEBHOOK_BATCH_WAIT_MS: amount(1_000),
  AUDIT_WEBHOOK_BUFFER_SIZE: amount(10_000, 1),
  AUDIT_WEBHOOK_RETRY_MS: amount(1_000),
  AUDIT_WEBHOOK_URL: text,
  AUDIT_WEBHOOK_TOKEN: text,
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
})

export type Variables = z.infer<typeof variables>

const parsed = new WeakMap<Env, Variables>()

/** The text variables, checked once per isolate; throws a ZodError that names each wrong one. */
export function variablesOf(env: Env): Variables {
  let known = parsed.get(env)
  if (known === undefined) {
    known = variables.parse(env)
    parsed.set(env, known)
  }
  return known
}
