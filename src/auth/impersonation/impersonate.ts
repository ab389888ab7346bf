/**
 * Acting as somebody else: the Impersonate-* headers, each of which must be allowed to the one who asks (upstream:
 * k8s.io/apiserver pkg/endpoints/filters/impersonation, KEP-5284). A mode that fits the user asked for is tried first:
 * it allows impersonation for some requests only, by the verb `impersonate-on:MODE:VERB` on what is requested. The
 * older way, by the verb `impersonate` alone, is the last resort, and a refusal is that of the mode tried first.
 * Invariant: either every single identity asked for is allowed, or nothing changes.
 */
import { ApiStatusError } from '../../apimachinery/status-error.ts'
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

/** Who the request is carried out as. `requested` is what it is about, and whose. Throws 403. */
export async function impersonate(wanted: WantedUser, requested: Attributes, ask: Ask): Promise<Impersonated> {
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
  let refusal: ApiStatusError | undefined
  for (const { verb, check } of attempts) {
    try {
      return { user: await check(), verb }
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
