/**
 * What every request that connects to something behind the API goes through first (k8s.io/apiserver
 * pkg/endpoints/handlers/rest.go, ConnectResource): no dry runs, a name, options, then admission as CONNECT.
 */
import { badRequestError } from '../../../apimachinery/status-error.ts'
import { checkName } from '../../handlers/names.ts'
import type { RequestContext } from '../../request-context.ts'
import { callerOf, targetOf } from '../../request-context.ts'
import { admitUnstored } from '../../writing/turn.ts'

/** Subresources that connect: what they answer is not an object, so no form of it is negotiated. */
export const CONNECTING: ReadonlySet<string> = new Set(['attach', 'exec', 'portforward', 'proxy'])

/** `checkOptions` throws for options that cannot be read. */
export async function admitConnection(context: RequestContext, checkOptions?: () => void): Promise<void> {
  const { host, info, query } = context
  if (query.getAll('dryRun').length > 0) throw badRequestError('dryRun is not supported')
  checkName(info)
  checkOptions?.()
  await admitUnstored(host, callerOf(context, { isDryRun: false }), targetOf(context), undefined, 'CONNECT')
}
