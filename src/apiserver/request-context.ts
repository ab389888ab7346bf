/**
 * One request on its way through the chain: what was asked, by whom, and what the answer will have to carry. Made once
 * in chain.ts and handed to the verb that answers.
 */
import type { KindDefinition } from '../apis/define-kind.ts'
import type { UserInfo } from '../auth/user.ts'
import { badRequestError } from '../apimachinery/status-error.ts'
import type { AnswerOptions } from './answer.ts'
import type { ApiHost } from './api-host.ts'
import type { Form } from './negotiate.ts'
import type { ResourceRequest } from './request-info.ts'
import type { Caller, WriteTarget } from './writing/turn.ts'

export interface RequestContext {
  readonly host: ApiHost
  readonly request: Request
  readonly query: URLSearchParams
  readonly info: ResourceRequest
  readonly definition: KindDefinition
  readonly user: UserInfo
  readonly form: Form
  readonly warnings: string[]
}

/** A field manager's name is at most this long; upstream cuts a User-Agent at the same length. */
const MAX_MANAGER_LENGTH = 128

export function callerOf({ user, query, request, warnings }: RequestContext, isDryRun = dryRunOf(query)): Caller {
  const agent = (request.headers.get('user-agent') ?? '').split('/')[0] ?? ''
  return {
    user,
    manager: (query.get('fieldManager') ?? agent).slice(0, MAX_MANAGER_LENGTH),
    isDryRun,
    warn: (text) => warnings.push(text),
  }
}

export function targetOf({ definition, info }: RequestContext): WriteTarget {
  return { definition, namespace: info.namespace, name: info.name, subresource: info.subresource }
}

export function answerOptions(context: RequestContext, httpCode: number): AnswerOptions {
  return {
    httpCode,
    form: context.form,
    warnings: context.warnings,
    nowMs: context.host.clock.now(),
    includeObject: includeObjectOf(context.query),
  }
}

export function includeObjectOf(query: URLSearchParams): string {
  const text = query.get('includeObject') ?? ''
  if (text === '') return 'Metadata'
  if (text === 'None' || text === 'Metadata' || text === 'Object') return text
  throw badRequestError(`unrecognized includeObject value: ${JSON.stringify(text)}`)
}

/** `dryRun=All` is the only value there is. */
export function dryRunOf(query: URLSearchParams): boolean {
  const values = query.getAll('dryRun').filter((value) => value !== '')
  const wrong = values.find((value) => value !== 'All')
  if (wrong !== undefined)
    throw badRequestError(`dryRun: Unsupported value: ${JSON.stringify(wrong)}: supported values: "All"`)
  return values.length > 0
}
