/**
 * Acting as somebody else: the Impersonate-* headers, each of which must be allowed to the one who asks (upstream:
 * k8s.io/apiserver pkg/endpoints/filters/impersonation, KEP-5284). A mode that fits the user asked for is tried first:
 * it allows impersonation for some requests only, by the verb `impersonate-on:MODE:VERB` on what is requested. The
 * older way, by the verb `impersonate` alone, is the last resort. What allowed somebody something last is tried before
 * all others, and a refusal is that of what was tried first.
 * Invariant: either every single identity asked for is allowed, or nothing changes.
 */
import { ApiStatusError } from '../../apimachinery/status-error.ts'
import { RecentlyUsed } from '../../lib/recently-used.ts'
import type { Attributes } from '../authorizer.ts'
import type { UserInfo } from '../user.ts'
import { NODE_NAME_KEY } from '../user.ts'
import type { Ask } from './checks.ts'
import { checkedUser, nodeOf, requireAllowed, serviceAccountOf } from './checks.ts'
import type { WantedUser } from './wanted-user.ts'

interface Mode {
  readonly name: string
  /** Whether the mode is for such users at all. */
  fits(wanted: WantedUser, requestor: UserInfo): boolean
  readonly nodeName?: string
}

const MODES: readonly Mode[] = [
  {
    // The node is whichever the pod is on: the right to it is one to all of them.
    name: 'associated-node',
    nodeName: '*',
    fits: (wanted, requestor) => isOnlyNamed(wanted) && isOwnNode(wanted.username, requestor),
  },
  { name: 'arbitrary-node', fits: (wanted) => isOnlyNamed(wanted) && nodeOf(wanted.username) !== undefined },
  { name: 'serviceaccount', fits: (wanted) => isOnlyNamed(wanted) && serviceAccountOf(wanted.username) !== undefined },
  {
    name: 'user-info',
    fits: ({ username }) => nodeOf(username) === undefined && serviceAccountOf(username) === undefined,
  },
]

function isOnlyNamed({ uid, groups, extra }: WantedUser): boolean {
  return uid === '' && groups.length === 0 && Object.keys(extra).length === 0
}

function isOwnNode(username: string, { username: asker, extra = {} }: UserInfo): boolean {
  const [name, ...more] = extra[NODE_NAME_KEY] ?? []
  const node = nodeOf(username)
  return node !== undefined && serviceAccountOf(asker) !== undefined && more.length === 0 && name === node
}

/** The verb of the older way, which is no mode. */
export const UNCONSTRAINED = 'impersonate'

export interface Impersonated {
  readonly user: UserInfo
  /** The verb by which it was allowed: `impersonate:MODE`, or {@link UNCONSTRAINED}. */
  readonly verb: string
}

/** By which verb somebody was allowed last, by the name of whoever asked. */
export type LastAllowed = Pick<RecentlyUsed<string>, 'get' | 'keep'>

/** As many as upstream remembers. */
const MAX_REMEMBERED = 10_000

export function noneAllowed(): LastAllowed {
  return new RecentlyUsed<string>(MAX_REMEMBERED, () => 1)
}

/** Who the request is carried out as. `requested` is what it is about, and whose. Throws 403. */
export async function impersonate(
  wanted: WantedUser,
  requested: Attributes,
  ask: Ask,
  last: LastAllowed,
): Promise<Impersonated> {
  const { user: requestor } = requested
  const modes = MODES.filter((mode) => mode.fits(wanted, requestor))
  const attempts = [
    ...modes.map((mode) => ({
      verb: `impersonate:${mode.name}`,
      check: () => inMode(mode, requested, wanted, ask),
    })),
    {
      verb: UNCONSTRAINED,
      check: () => checkedUser({ ask, requestor, verb: UNCONSTRAINED, isConstrained: false }, wanted),
    },
  ]
  const lastVerb = last.get(requestor.username)
  const isLast = ({ verb }: { readonly verb: string }): boolean => verb === lastVerb
  let refusal: ApiStatusError | undefined
  for (const { verb, check } of [...attempts.filter(isLast), ...attempts.filter((one) => !isLast(one))]) {
    try {
      const user = await check()
      last.keep(requestor.username, verb)
      return { user, verb }
    } catch (error) {
      if (!(error instanceof ApiStatusError)) throw error
      refusal ??= error
    }
  }
  throw refusal ?? new Error('no way to impersonate was tried')
}

async function inMode(
  { name, nodeName }: Mode,
  requested: Attributes,
  wanted: WantedUser,
  ask: Ask,
): Promise<UserInfo> {
  const { user: requestor, verb } = requested
  await requireAllowed(ask, { ...requested, verb: `impersonate-on:${name}:${verb}` })
  const asking = { ask, requestor, verb: `impersonate:${name}`, isConstrained: true }
  return checkedUser(nodeName === undefined ? asking : { ...asking, nodeName }, wanted)
}
