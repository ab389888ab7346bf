/**
 * One request on its way through the chain: what was asked, by whom, and what the answer will have to carry. Made once
 * in chain.ts and handed to the verb that answers.
 */
import type { KindDefinition } from '../apis/define-kind.ts'
import type { UserInfo } from '../auth/user.ts'
import { formatFieldErrors, invalid } from '../apimachinery/field-path.ts'
import { badRequestError } from '../apimachinery/status-error.ts'
import type { AnswerOptions } from './answer.ts'
import type { ApiHost } from './api-host.ts'
import type { Form } from './negotiate.ts'
import type { AuditTrail } from './operations/audit/auditor.ts'
import type { Way } from './operations/way.ts'
import { acceptsGzip } from './reading/gzip.ts'
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
  /** Where it is said how long the body was, once it is read; the request may be a copy of the one that came. */
  readonly way: Pick<Way, 'bodyBytes'>
  /** What is recorded of the request, if anything. */
  readonly trail: AuditTrail | undefined
  /** The kind is of a custom resource, by a definition that is not the newest one for sure. */
  readonly mayBeStale?: boolean
}

/** The longest name of a field manager: a User-Agent is cut there, as upstream does. */
const MAX_MANAGER_BYTES = 128

export function callerOf(
  { user, request, warnings }: RequestContext,
  { isDryRun, fieldManager = '' }: { readonly isDryRun: boolean; readonly fieldManager?: string },
): Caller {
  return {
    user,
    manager: fieldManager === '' ? managerOf(request.headers.get('user-agent') ?? '') : fieldManager,
    isDryRun,
    warn: (text) => warnings.push(text),
  }
}

/** What stands before the first slash of a User-Agent, without what cannot be printed. */
function managerOf(userAgent: string): string {
  const [name = ''] = userAgent.split('/', 1)
  if (name.length <= MAX_MANAGER_BYTES && /^[ -~]*$/.test(name)) return name
  let manager = ''
  let size = 0
  for (const character of name.replaceAll(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '')) {
    size += new TextEncoder().encode(character).length
    if (size > MAX_MANAGER_BYTES) break
    manager += character
  }
  return manager
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
    includeObject: includeObjectOf(context.form, context.query),
    acceptsGzip: acceptsGzip(context.request.headers),
  }
}

/** What rows of a Table carry of their objects; means nothing in any other shape. */
export function includeObjectOf(form: Form, query: URLSearchParams): string {
  const text = query.get('includeObject') ?? ''
  if (text === '' || form.shape !== 'table') return 'Metadata'
  if (text === 'None' || text === 'Metadata' || text === 'Object') return text
  const wrong = invalid('includeObject', text, "must be 'Metadata', 'Object', 'None', or empty")
  throw badRequestError(`Unable to convert to Table as requested: ${formatFieldErrors([wrong])}`)
}
