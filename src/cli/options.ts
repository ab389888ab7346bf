/**
 * The options of the local server's commands: named once, checked with zod, so that a wrong value is one line that says
 * what would be right.
 */
import { AUDIT_ARGS, AUDIT_SCHEMA } from './audit-options.ts'
import type { ArgsDef } from 'citty'
import * as z from 'zod'
import { defaultKubeconfigPath } from '../local/kubeconfig.ts'
import { ENGINE_NAMES } from '../local/engine.ts'
import { LOG_LEVELS } from '../local/local-server.ts'
import { OperatorError } from '../local/operator-error.ts'

export const DATA_ARG = {
  data: { type: 'string', default: '.workernetes', valueHint: 'DIR', description: 'folder that holds everything' },
} as const satisfies ArgsDef

export const UP_ARGS = {
  port: { type: 'string', default: '6443', valueHint: 'PORT', description: 'HTTPS port of the API' },
  'http-port': { type: 'string', default: '8080', valueHint: 'PORT', description: 'HTTP port of Services' },
  host: { type: 'string', default: '127.0.0.1', valueHint: 'ADDRESS', description: 'address to listen on' },
  ...DATA_ARG,
  kubeconfig: { type: 'string', valueHint: 'FILE', description: 'kubeconfig to write (DIR/kubeconfig)' },
  merge: { type: 'boolean', description: 'keep what else is in the kubeconfig (without --kubeconfig: your own)' },
  server: { type: 'string', default: 'workerd', valueHint: 'workerd|miniflare', description: 'what runs the Workers' },
  'simulated-nodes': { type: 'string', default: '1', valueHint: 'N', description: 'simulated nodes to make' },
  'log-level': { type: 'string', default: 'info', valueHint: 'LEVEL', description: 'debug, info, warn or error' },
  ...AUDIT_ARGS,
} as const satisfies ArgsDef

const port = z.coerce
  .number('must be a number')
  .int('must be whole')
  .min(0, 'must be at least 0')
  .max(65_535, 'must be at most 65535')

/** Far above what one machine can simulate usefully; the API allows more by manifest. */
const MAX_SIMULATED_NODES = 5_000

const nodeCount = z.coerce
  .number('must be a number')
  .int('must be whole')
  .min(0, 'must be at least 0')
  .max(MAX_SIMULATED_NODES, `must be at most ${String(MAX_SIMULATED_NODES)}`)

const upOptions = z.object({
  port,
  'http-port': port,
  host: z.string().min(1, 'must not be empty'),
  data: z.string().min(1, 'must not be empty'),
  kubeconfig: z.string().min(1, 'must not be empty').optional(),
  merge: z.boolean().default(false),
  server: z.enum(ENGINE_NAMES),
  'simulated-nodes': nodeCount,
  'log-level': z.enum(LOG_LEVELS),
  ...AUDIT_SCHEMA,
})

export type UpOptions = z.infer<typeof upOptions>

export function parseUpOptions(args: Readonly<Record<string, unknown>>): UpOptions {
  const parsed = upOptions.safeParse(args)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const name = String(issue?.path[0] ?? '')
  const value = JSON.stringify(args[name] ?? '')
  throw new OperatorError(`--${name}: ${value} ${wording(issue?.message ?? 'is not valid')} (see up --help)`)
}

const wording = (message: string): string => (message.startsWith('must') ? message : `is not right: ${message}`)

/** Where the kubeconfig goes: the file asked for, one's own when merging, else the data folder's. */
export function kubeconfigPath({ kubeconfig, merge }: UpOptions, inDataFolder: string): string {
  if (kubeconfig !== undefined) return kubeconfig
  return merge ? defaultKubeconfigPath() : inDataFolder
}

/** citty takes unknown options for granted; a misspelt one must not be ignored. */
export function refuseUnknown(rawArgs: readonly string[], known: ArgsDef): void {
  const names = new Set(Object.keys(known).flatMap((name) => [name, `no-${name}`]))
  for (const arg of rawArgs) {
    if (arg === '--') return
    const name = /^--?([^=]+)/.exec(arg)?.[1]
    if (name === undefined || names.has(name) || /^-\d/.test(arg)) continue
    throw new OperatorError(`unknown option ${arg.split('=')[0] ?? arg}; --help lists what there is`)
  }
}
