/**
 * What a kind is: one declarative entry, plus optional pure hooks. Built-in kinds and custom resources go through the
 * same registry; a built-in is a CRD that ships with the binary. Order of the hooks is written on each of them
 * (upstream: k8s.io/apiserver pkg/registry/rest/{create,update,delete}.go).
 */
import type { FieldError } from '../apimachinery/field-path.ts'
import type { MergeNode } from '../apimachinery/apply/merge-schema.ts'
import type { NameRule } from '../apimachinery/name-rules.ts'
import type { AnyObject, KubeObject, ObjectMeta } from '../apimachinery/meta.ts'
import { formatGroupResource } from '../apimachinery/meta.ts'
import type { Column, RowCondition } from '../apimachinery/table.ts'
import type { Signed } from '../lib/crypto/x509/signature.ts'

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

/** Enough to address objects of a kind; what clients of the API pass around. `T` is the object's type. */
export interface KindRef<T extends KubeObject = KubeObject> {
  readonly group: string
  readonly version: string
  readonly kind: string
  /** Plural, lower case: `pods`. */
  readonly resource: string
  readonly scope: 'Namespaced' | 'Cluster'
  /** Other group versions under which a body may come that is alike in them: the older Eviction. */
  readonly alsoWrittenAs?: readonly string[]
  /** Never set: carries the type. */
  readonly objectType?: T
}

/** What hooks may know of the request. Pure data and functions: no store, no network. */
export interface HookContext {
  readonly nowMs: number
  readonly uuid: () => string
  readonly user: string
  readonly namespace: string
  /** For what can be told only before the object is prepared; other warnings are the strategy's. */
  readonly warn: (text: string) => void
  /** Whose request it is, as authenticated: what a CertificateSigningRequest keeps. */
  readonly requester: Requester
}

export interface Requester {
  readonly username: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** What validation may ask that takes time to find out. Validation without them leaves these checks out. */
export interface Facts {
  /** Whether what was signed was signed by the key that it names. */
  isSigned(signed: Signed): boolean
  /** Of the namespace that is written in. */
  namespaceLabels(): Readonly<Record<string, string>>
  readonly rights: Rights
}

/** The same with what else is judged of the object. */
export interface ObjectFacts extends Facts {
  /**
   * Errors of metadata that stand among a kind's own. Whoever does not ask has them told before its own, of a new object,
   * and after its own, of an update.
   */
  metadataAgain(): FieldError[]
}

/** Of whoever writes, where the right to the request is not all that is needed. */
export interface Rights {
  /** Of the request: `update`, `patch`. */
  readonly verb: string
  /** The node that a ServiceAccount's token is bound to; undefined: to none, or somebody else asks. */
  readonly nodeName: string | undefined
  /** Why they may not do this as well to the resource that is written, as a 403 says it; undefined: they may. */
  refusalOf(access: Access): string | undefined
}

export interface Access {
  readonly verb: string
  readonly subresource: string
  /** '' for the cluster scope. */
  readonly namespace: string
  readonly name: string
}

/** How an endpoint below an object changes its part of it. */
export type EndpointStrategy<T extends KubeObject = KubeObject> = Pick<
  Strategy<T>,
  'prepareForUpdate' | 'validateUpdate' | 'warnings' | 'judgedWarnings'
>

/** How objects of a kind behave beyond their schema. Every hook is pure but for changing `next` in place where said. */
export interface Strategy<T extends KubeObject = KubeObject> {
  /** Clears what users may not set (status, …); after admission, before validate. Mutates. */
  prepareForCreate?(next: T, context: HookContext): void
  /** All errors at once, with upstream's paths and texts; metadata itself is validated by the registry. */
  validate?(next: T, facts?: ObjectFacts): FieldError[]
  /** What an object must be called that says so itself: a definition, by what it defines. */
  nameRule?(next: T): NameRule
  /** The name of a new object that brings none is its generateName, to which nothing is added: an address. */
  readonly keepsGenerateName?: true
  /** Metadata of a new object is looked at only where nothing else is wrong with it (pkg/registry/rest/create.go). */
  readonly judgesBeforeMetadata?: true
  /** Restores what this endpoint may not change (status, …). */
  prepareForUpdate?(next: T, previous: T, context: HookContext): void
  /** Errors of `next` given `previous`: includes immutability, and whatever of `validate` applies to updates. */
  validateUpdate?(next: T, previous: T, facts?: ObjectFacts): FieldError[]
  /** What `validateUpdate` found that is no error: told even where something else is one. */
  judgedWarnings?(next: T): readonly string[]
  /** Texts for Warning headers. */
  warnings?(next: T, previous: T | undefined): string[]
  /**
   * Brings equal objects to an equal form after validation. Mutates. True: upstream does so only when it reads its
   * storage, which has the other form until the object is written again.
   */
  canonicalize?(next: T): boolean
  /** The registry starts metadata.generation at 1, and counts what changes beside metadata and status. */
  readonly countsGenerations?: boolean
  /** Status counts as well, where it is a field like any other. */
  readonly countsStatus?: boolean
  /** PUT of a name that is not there creates it. */
  readonly allowsCreateOnUpdate?: boolean
  /** PUT without resourceVersion is accepted. */
  readonly allowsUnconditionalUpdate?: boolean
  /** The status endpoint: same object, only `status` (and what upstream lets through) may change. */
  readonly status?: EndpointStrategy<T>
  /** Other endpoints that take the object itself and change a part of it, by subresource: `resize`, `approval`. */
  readonly parts?: Readonly<Record<string, EndpointStrategy<T>>>
  /** namespaces/finalize, which writes past the rest of the strategy. */
  readonly finalize?: Pick<Strategy<T>, 'validateUpdate'>
  /**
   * Grace period in seconds for a deletion, given what the caller asked for (undefined: not said). 0 or undefined means
   * at once. Pods only, so far.
   */
  gracePeriodSeconds?(subject: T, asked: number | undefined): number | undefined
  /** What else changes when the object is marked for deletion: the phase of a Namespace. Mutates. */
  prepareForDelete?(next: T): void
  /** Additional finalizers to honour are in metadata; kinds with `spec.finalizers` (Namespace) say so here. */
  isHeldBySpec?(subject: T): boolean
  /**
   * Propagation when the caller does not say: background for most, orphan for a few old versions. None: nobody looks
   * for dependents of this kind, whatever is said.
   */
  readonly defaultPropagation?: 'Background' | 'Foreground' | 'Orphan' | 'None'
  /** What a caller is warned of who deletes without saying what becomes of the dependents. */
  readonly orphanWarning?: string
  /**
   * Upstream marks it in storage of its own (pkg/registry/core/namespace/storage, apiextensions-apiserver
   * pkg/registry/customresourcedefinition/etcd.go): no grace period is noted, and preconditions fail in other words.
   * Alone: what becomes of dependents is not asked.
   */
  readonly marksItself?: 'alone' | 'withDependents'
}

/**
 * Upstream's storage leaves it out of whatever it reads, and whoever writes goes by it nevertheless. Its status endpoint
 * reads past that, and so does the answer to a deletion that has to wait.
 */
export interface Unshown<T extends KubeObject = KubeObject> {
  /** The same object without it: itself, or it shares parts with it. */
  hide(subject: T): T
  /** Gives it back to what was stored, from what is kept beside it. Mutates. */
  restore(subject: T, fields: Readonly<Record<string, string>>): void
}

export interface Subresource {
  /** `status`, `scale`, `binding`, `eviction`, `log`, `exec`, … */
  readonly name: string
  readonly verbs: readonly Verb[]
  /** Group, version and kind of the body where they are not those of the parent: autoscaling/v1 Scale, …. */
  readonly bodyKind?: { readonly group: string; readonly version: string; readonly kind: string }
}

/** A stored text and, where it is at hand, what was kept beside it. */
export interface StoredText {
  readonly text: string
  readonly fields?: Readonly<Record<string, string>>
}

export interface DecodeOptions {
  /** Of custom resources: what the schema has no place for stays, to be judged, until the object is canonicalized. */
  readonly keepsUnfit?: boolean
  /** Of built-in kinds: as Go's converter from maps does, which patches go through (apimachinery/schema/decode.ts). */
  readonly convertsNumbers?: boolean
  /** Of custom resources: some numbers are as they were written (lib/exact-json.ts). */
  readonly holdsWritten?: boolean
}

/** What the kind of a custom resource has beyond a built-in one: its schema comes from its definition (apis/custom). */
export interface CustomType {
  /** Of the CustomResourceDefinition. */
  readonly name: string
  readonly uid: string
  readonly generation: number
  /** Requests are answered in this version; objects may be stored in one that is not served. */
  readonly isServed: boolean
  /** The definition is being deleted: nothing new is created. */
  readonly isTerminating: boolean
  /** The definition's version that objects are stored in. */
  readonly stored: KindDefinition
  /** The same kind in another version; undefined: there is none. */
  inVersion(version: string): KindDefinition | undefined
  /**
   * Its objects are converted by webhook: the kind for one request, which keeps what has been converted for it. Kinds
   * without it are not for requests.
   */
  forRequest?(): KindDefinition
  /** Where `scale` reads and writes: fields below one another. */
  readonly scale: ScalePaths | undefined
  /** As KindDefinition.decode would be: pruned, its metadata checked. `value` is not changed. Throws Error. */
  decode(value: object, options?: DecodeOptions): { object: AnyObject; unknownFields: readonly string[] }
  applyDefaults(subject: AnyObject): void
  /** The text is what this version shows: stored in it, and under this very generation of the definition. */
  isCurrent(stored: StoredText): boolean
  /**
   * What conversion makes of an object of another version: without this version's defaults, and with what its schema
   * may not know. Mutates. @throws ConversionNeeded
   */
  convert(subject: AnyObject): AnyObject
  /** An object stored otherwise as this version shows it: changed and returned, or another. @throws ConversionNeeded */
  show(subject: AnyObject): AnyObject
}

export interface ScalePaths {
  readonly specReplicas: readonly string[]
  readonly statusReplicas: readonly string[]
  /** The field that holds the selector as a text; undefined: there is none. */
  readonly selector: readonly string[] | undefined
}

export interface KindDefinition<T extends KubeObject = KubeObject> extends KindRef<T> {
  /** `pod`, as discovery wants it. */
  readonly singular: string
  readonly listKind: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly verbs: readonly Verb[]
  readonly subresources: readonly Subresource[]
  /** The name of its type in the generated structure: `V1Pod`. */
  readonly type: string
  /** How its objects merge in server-side apply, where `type` does not say it; custom resources bring it along. */
  readonly mergeNode?: MergeNode | undefined
  /** Columns of `kubectl get`, without NAME and AGE unless the kind places them itself. */
  readonly columns: readonly Column<T>[]
  /** A watch as a table has its columns in every event, and not in the first alone. */
  readonly repeatsColumns?: true
  /** What holds of its row in a table. */
  rowConditions?(subject: T): readonly RowCondition[]
  /** By what the rows of a table are in order before their names; there are few of such a kind. */
  rowRank?(subject: T): number
  readonly strategy: Strategy<T>
  /** Values for field selectors beyond metadata.name and metadata.namespace. */
  selectableFields?(subject: T): Record<string, string>
  /** What is kept beside an object by names that no selector of this version may say. */
  hiddenFields?(subject: T): Record<string, string>
  /** What is stored of an object and shown to nobody; among the `hiddenFields`. */
  readonly unshown?: Unshown<T> | undefined
  /** Other names of selectable fields, from before they were called so; '' stands for one that has no value. */
  readonly fieldAliases?: Readonly<Record<string, string>>
  /** What a selector by another field is told, where it is not upstream's usual text. */
  readonly fieldRefusal?: (field: string) => string
  /**
   * Where it is stored, if not under its own version: the key of the storage version's definition and the conversions
   * both ways (autoscaling/v1 HPA, core/v1 Event …).
   */
  readonly storedAs?: {
    readonly definition: KindRef
    toStored(subject: T): KubeObject
    fromStored(stored: KubeObject): T
  }
  /** Creates answer with this Warning because nothing acts on the kind yet; names the missing part. */
  readonly notActedUpon?: string
  /** Every answer about the kind says so in a Warning (k8s.io/apiserver pkg/endpoints/deprecation). */
  readonly deprecation?: string
  /** What upstream prints of an object of which nothing is set, beyond what its type does: in bookmarks. */
  readonly inNothing?: { readonly metadata?: Pick<ObjectMeta, 'annotations'>; readonly spec?: object }
  /** What must be at hand before its objects are judged; awaited before each turn that writes one. */
  load?(): Promise<unknown> | undefined
  /** Answered, never stored: reviews, and what is looked at when somebody asks. */
  readonly isVirtual?: boolean
  /** Set for custom resources, and for nothing else. */
  readonly custom?: CustomType
}

/** The fields of a definition that have a usual value. */
type Defaulted =
  | 'singular'
  | 'listKind'
  | 'shortNames'
  | 'categories'
  | 'verbs'
  | 'subresources'
  | 'columns'
  | 'strategy'

export const ALL_VERBS: readonly Verb[] = [
  'create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch',
]

/** What discovery says of a proxy, which takes any method. */
export const PROXY_VERBS: readonly Verb[] = ['create', 'delete', 'get', 'patch', 'update']

/** A kind's one entry. Whatever is left out gets its usual value. */
export function defineKind<T extends KubeObject>(
  entry: Omit<KindDefinition<T>, Defaulted> & Partial<Pick<KindDefinition<T>, Defaulted>>,
): KindDefinition<T> {
  return {
    singular: entry.kind.toLowerCase(),
    listKind: `${entry.kind}List`,
    shortNames: [],
    categories: [],
    verbs: ALL_VERBS,
    subresources: [],
    columns: [],
    strategy: {},
    ...entry,
  }
}

/** How the store names a kind's objects: `pods`, `deployments.apps`. */
export function storeResource(kind: Pick<KindRef, 'group' | 'resource'>): string {
  return formatGroupResource(kind)
}
