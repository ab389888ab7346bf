/**
 * The Client of actors that live in the same object as the data: no hop and no text between them and the verbs, but
 * the same authorization, admission and validation as for anybody else. Batches share one group commit.
 */
import { cloneJson } from '../apimachinery/patch/json-value.ts'
import type { KindDefinition, KindRef, StoredText } from '../apis/define-kind.ts'
import { storeResource } from '../apis/define-kind.ts'
import type { AnyObject, KubeObject, ObjectList } from '../apimachinery/meta.ts'
import { formatGroupVersion } from '../apimachinery/meta.ts'
import { forbiddenError, pathNotFoundError } from '../apimachinery/status-error.ts'
import { forbiddenMessage } from '../auth/forbidden-message.ts'
import type { UserInfo } from '../auth/user.ts'
import type {
  DeleteOptions,
  ListOptions,
  Operation,
  OperationResult,
  Target,
  WriteOptions,
} from '../client/client.ts'
import { OperationClient } from '../client/operation-client.ts'
import { parseWithoutManagedFields, showStored, storedText } from '../registry/object-text.ts'
import type { WriteResult } from '../registry/write-context.ts'
import { asStatusError } from './answer.ts'
import type { ApiHost } from './api-host.ts'
import { auditedOperation } from './operations/audit/audited-operation.ts'
import type { AuditTrail } from './operations/audit/auditor.ts'
import { parseListOptions } from './reading/list-options.ts'
import { listRevision } from './reading/list.ts'
import { applyChangeOf } from './writing/apply-patch.ts'
import { changeOf } from './writing/patch-body.ts'
import { PATCH_MEDIA_TYPES } from './writing/patch-types.ts'
import { endpointOf } from './writing/tracking.ts'
import type { Binding } from './subresources/binding.ts'
import { bind } from './subresources/binding.ts'
import { withFinalizers } from './subresources/finalize.ts'
import type { Caller, WriteTarget } from './writing/turn.ts'
import { convertedPage, withConversions } from './custom/converted.ts'
import { createInTurn, deleteInTurn, updateInTurn } from './writing/writes.ts'

export class LocalClient extends OperationClient {
  readonly #host: ApiHost
  readonly #user: UserInfo
  readonly #manager: string

  constructor(host: ApiHost, user: UserInfo, manager: string) {
    super()
    this.#host = host
    this.#user = user
    this.#manager = manager
  }

  async find<T extends KubeObject>(kind: KindRef<T>, target: Target): Promise<T | undefined> {
    const definition = await this.#definitionOf(kind)
    await this.#authorize('get', definition, target.name)
    const stored = this.#host.reader.get({ resource: this.#resourceOf(definition), name: target.name })
    if (stored === undefined) return undefined
    return withConversions(this.#host, definition, (by) => readAs<T>(by, storedText(stored)))
  }

  async list<T extends KubeObject>(kind: KindRef<T>, options: ListOptions = {}): Promise<ObjectList<T>> {
    const definition = await this.#definitionOf(kind)
    await this.#authorize('list', definition, '')
    const query = new URLSearchParams()
    for (const option of ['labelSelector', 'fieldSelector', 'resourceVersion'] as const) {
      const value = options[option]
      if (value !== undefined) query.set(option, value)
    }
    const { matches, ...parsed } = parseListOptions(definition, query, false)
    const revision = await listRevision(this.#host, { ...parsed, matches })
    const { namespace } = this.#host
    const { objects } = this.#host.reader.list({
      resource: this.#resourceOf(definition),
      limit: options.limit ?? Number.MAX_SAFE_INTEGER,
      ...(matches === undefined ? {} : { matches: (selectable, name) => matches(selectable, name, () => namespace) }),
    })
    return {
      apiVersion: formatGroupVersion(kind),
      kind: definition.listKind,
      metadata: { resourceVersion: String(revision) },
      items: (await convertedPage(this.#host, definition, objects)).map((stored) =>
        readAs<T>(definition, storedText(stored)),
      ),
    }
  }

  batch(_namespace: string, operations: readonly Operation[]): Promise<readonly OperationResult[]> {
    return Promise.all(
      operations.map(async (operation): Promise<OperationResult> => {
        try {
          const { object } = await this.#carryOut(operation)
          return { object }
        } catch (error) {
          return { error: asStatusError(error).status }
        }
      }),
    )
  }

  /** As it is, not as a batch: it throws what it threw. */
  protected override async write(_namespace: string, operation: Operation): Promise<KubeObject> {
    const { text } = await this.#carryOut(operation)
    const definition = await this.#definitionOf(operation.kind)
    return withConversions(this.#host, definition, (by) => readAs(by, { text }))
  }

  async #carryOut(operation: Operation): Promise<WriteResult> {
    const definition = await this.#definitionOf(operation.kind)
    const { namespace, operations } = this.#host
    const work = (trail?: AuditTrail): Promise<WriteResult> =>
      withConversions(this.#host, definition, (kind) => this.#carryOutBy(kind, operation, trail))
    if (operations.audit === undefined) return work()
    const who = { user: this.#user, manager: this.#manager }
    const write = { ...who, definition, namespace, name: nameOf(operation), operation }
    return auditedOperation(this.#host, operations.audit, write, work)
  }

  async #carryOutBy(definition: KindDefinition, operation: Operation, trail?: AuditTrail): Promise<WriteResult> {
    const options: WriteOptions = operation.verb === 'delete' ? {} : (operation.options ?? {})
    const subresource = options.subresource ?? ''
    const name = nameOf(operation)
    const named = operation.verb === 'create' ? '' : name
    await this.#authorize(operation.verb, definition, named, subresource, trail)
    const target: WriteTarget = { definition, namespace: this.#host.namespace, name, subresource }
    const caller: Caller = {
      user: this.#user,
      manager: options.fieldManager ?? this.#manager,
      isDryRun: options.dryRun ?? false,
      warn: () => undefined,
    }
    switch (operation.verb) {
      case 'create':
        return this.#create(caller, target, operation.object)
      case 'update':
        return this.#update(caller, target, this.#decode(definition, operation.object))
      case 'patch': {
        if (operation.type === 'apply') return this.#apply(caller, target, operation.patch, options)
        const request = { mediaType: PATCH_MEDIA_TYPES[operation.type], patch: operation.patch }
        const change = changeOf(this.#host, definition, request, { fieldValidation: 'Ignore', warn: caller.warn })
        return updateInTurn(this.#host, caller, target, change, { verb: 'patch', allowsCreate: false })
      }
      case 'delete':
        return this.#delete(caller, target, operation.options ?? {})
    }
  }

  #create(caller: Caller, target: WriteTarget, object: KubeObject): Promise<WriteResult> {
    if (target.subresource === 'binding') {
      const change = bind(cloneJson(object) as Binding, this.#host.clock.now())
      return updateInTurn(this.#host, caller, target, change, { verb: 'create' })
    }
    return createInTurn(this.#host, caller, target, this.#decode(target.definition, object))
  }

  #update(caller: Caller, target: WriteTarget, next: AnyObject): Promise<WriteResult> {
    if (target.subresource === 'finalize') {
      return updateInTurn(this.#host, caller, target, (current) => withFinalizers(current, next))
    }
    return updateInTurn(this.#host, caller, target, () => cloneJson(next))
  }

  async #apply(
    caller: Caller,
    target: WriteTarget,
    patch: unknown,
    { force = false }: WriteOptions,
  ): Promise<WriteResult> {
    const isThere = this.#host.reader.get({ resource: this.#resourceOf(target.definition), name: target.name })
    const allowsCreate = isThere === undefined && target.subresource === ''
    if (allowsCreate) await this.#authorize('create', target.definition, target.name)
    const change = applyChangeOf(this.#host, target.definition, { text: JSON.stringify(patch) }, {
      ...caller,
      endpoint: endpointOf(this.#host, target),
      name: target.name,
      isForced: force,
      fieldValidation: 'Ignore',
      nowMs: () => this.#host.clock.now(),
    })
    return updateInTurn(this.#host, caller, target, change, { verb: 'patch', allowsCreate, tracksFields: true })
  }

  #delete(caller: Caller, target: WriteTarget, options: DeleteOptions): Promise<WriteResult> {
    const { gracePeriodSeconds, propagationPolicy, preconditions } = options
    return deleteInTurn(this.#host, caller, target, {
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
      ...preconditions,
    })
  }

  #decode(kind: KindRef, object: KubeObject): AnyObject {
    const decoded = this.#host.decode(kind, object).object
    decoded.kind = kind.kind
    decoded.apiVersion = formatGroupVersion(kind)
    this.#host.applyDefaults(kind, decoded)
    return decoded
  }

  async #definitionOf(kind: KindRef): Promise<KindDefinition> {
    const found = this.#host.kinds.ofKind(kind)
    const definition = found instanceof Promise ? await found : found
    if (definition === undefined) throw pathNotFoundError()
    return definition
  }

  #resourceOf(definition: KindDefinition): string {
    return storeResource(this.#host.scheme.storedDefinition(definition))
  }

  /** Actors are allowed what their roles say, like everybody; a no is only said with the newest policy at hand. */
  async #authorize(
    verb: string,
    definition: KindDefinition,
    name: string,
    subresource = '',
    trail?: AuditTrail,
  ): Promise<void> {
    const { group, version, resource } = definition
    const { namespace } = this.#host
    const attributes = {
      isResource: true,
      user: this.#user,
      verb,
      group,
      version,
      resource,
      subresource,
      namespace,
      name,
    } as const
    const known = this.#host.policy()
    const policy = known instanceof Promise ? await known : known
    let decision = this.#host.authorizer(policy).authorize(attributes)
    if (!decision.isAllowed) decision = this.#host.authorizer(await this.#host.refreshPolicy()).authorize(attributes)
    trail?.decided(decision)
    if (!decision.isAllowed) throw forbiddenError(definition, name, forbiddenMessage(attributes, decision.reason))
  }
}

function nameOf(operation: Operation): string {
  switch (operation.verb) {
    case 'create':
      // A binding names its pod; anything else may still get a generated name.
      return operation.options?.name ?? operation.object.metadata.name ?? ''
    case 'update':
      return operation.object.metadata.name ?? ''
    default:
      return operation.name
  }
}

/** A stored object as its kind's type; without its managed fields, which actors do not look at. */
function readAs<T extends KubeObject>(definition: KindDefinition, stored: StoredText): T {
  const subject: KubeObject = showStored(definition, parseWithoutManagedFields(stored.text), stored)
  return subject as T
}
