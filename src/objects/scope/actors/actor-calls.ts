/**
 * What actors elsewhere ask of this scope: the same verbs with the same checks as for anybody, as calls from object to
 * object (calls/remote-client.ts is the other side).
 */
import type { KindRef } from '../../../apis/define-kind.ts'
import type { ApiHost, Rules } from '../../../apiserver/api-host.ts'
import { LocalClient } from '../../../apiserver/local-client.ts'
import type { Attributes, Decision } from '../../../auth/authorizer.ts'
import type { UserInfo } from '../../../auth/user.ts'
import type { ListOptions, Operation, OperationResult } from '../../../client/client.ts'
import type { Carried } from '../../calls/scope-stub.ts'
import { carry } from '../../calls/scope-stub.ts'

export class ActorCalls {
  readonly #host: ApiHost

  constructor(host: ApiHost) {
    this.#host = host
  }

  readText(user: UserInfo, kind: KindRef, name: string): Promise<Carried<string | null>> {
    return carry(async () => {
      const found = await new LocalClient(this.#host, user, '').find(kind, { name })
      return found === undefined ? null : JSON.stringify(found)
    })
  }

  readList(user: UserInfo, kind: KindRef, options: ListOptions): Promise<Carried<string>> {
    return carry(async () => JSON.stringify(await new LocalClient(this.#host, user, '').list(kind, options)))
  }

  /** Many writes: one hop, one commit. */
  batch(user: UserInfo, operations: readonly Operation[]): Promise<readonly OperationResult[]> {
    const manager = user.username.split(':').at(-1) ?? ''
    return new LocalClient(this.#host, user, manager).batch(this.#host.namespace, operations)
  }

  authorize(attributes: Attributes): Promise<Carried<Decision>> {
    return carry(async () => this.#host.authorizer(await this.#host.refreshPolicy()).authorize(attributes))
  }

  rules(user: UserInfo): Promise<Carried<Rules>> {
    return carry(async () => {
      const authorizer = this.#host.authorizer(await this.#host.refreshPolicy())
      return authorizer.rulesFor(user, this.#host.namespace)
    })
  }
}
