/**
 * NamespaceObject: one per namespace of a logical cluster, and one for its cluster scope. Glue only: gives the scope
 * (scope.ts) a Durable Object's storage, clock and hops; what other objects ask is in calls/scope-calls.ts.
 */
import { answerRequest } from '../apiserver/chain.ts'
import type { Env } from '../env.ts'
import { ScopeCalls } from './calls/scope-calls.ts'
import { USER_HEADER, parseUser } from './calls/user-header.ts'
import { endPods } from './nodes/isolates-calls.ts'
import { parseScopeObjectName } from './object-names.ts'
import { NamespaceActors } from './scope/actors/namespace-actors.ts'
import { destroyObject } from './storage/destroy.ts'

export class NamespaceObject extends ScopeCalls {
  protected override readonly actors: NamespaceActors

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    const { name } = ctx.id
    if (name === undefined) throw new Error('a scope is addressed by its name (object-names.ts)')
    this.actors = new NamespaceActors(ctx, env, parseScopeObjectName(name))
  }

  override fetch(request: Request): Promise<Response> {
    const user = request.headers.get(USER_HEADER)
    if (user === null) throw new Error('a request came without its user')
    return answerRequest(this.actors.scope.host, request, parseUser(user))
  }

  override alarm(): Promise<void> {
    return this.actors.alarm()
  }

  /** Cron: everything that alarms and wake-ups should have done; answers when to come again. */
  resync(): Promise<number | undefined> {
    return this.actors.resync()
  }

  /** The logical cluster was deleted. True: nothing is left here. */
  async destroy(): Promise<boolean> {
    const { scope, runtimes } = this.actors
    await endPods(this.env, scope.host, scope.store, runtimes)
    return destroyObject(this.ctx)
  }
}
