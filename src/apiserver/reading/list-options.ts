/**
 * The options of list and watch, read and checked once (k8s.io/apimachinery pkg/apis/meta/internalversion/validation).
 * What comes out is what the store understands: selectors as one predicate, revisions as numbers.
 */
import type { KindDefinition } from '../../apis/define-kind.ts'
import type { FieldSelector, LabelSelector } from '../../apimachinery/selectors.ts'
import { parseFieldSelector, parseLabelSelector } from '../../apimachinery/selectors.ts'
import { badRequestError, invalidError, unclassifiedError } from '../../apimachinery/status-error.ts'
import type { FieldError } from '../../apimachinery/field-path.ts'
import { forbidden, formatFieldErrors, invalid, notSupported, quote } from '../../apimachinery/field-path.ts'
import { decodeContinueToken } from '../../store/continue-token.ts'
import type { Selectable } from '../../store/object-store.ts'
import { parseBoolean, parseInteger } from '../../apimachinery/query-values.ts'
import type { Int64 } from '../../lib/exact-json.ts'
import { int64 } from '../../lib/exact-json.ts'

/** No answer page is larger: a caller's larger limit gets pages of this size and a continue token. */
export const MAX_PAGE_OBJECTS = 10_000

/** The longest that a timer can wait, 24 days: a watch that asks for more ends then. */
const MAX_TIMEOUT_SECONDS = 2_147_483

export interface ListOptions {
  /** `namespace` is asked only when a selector is about it: over all namespaces it is in the text alone. */
  readonly matches: ((selectable: Selectable, name: string, namespace: () => string) => boolean) | undefined
  /** The selector names the object: in a namespace, or of the cluster, that one is read, and no list. */
  readonly isOfOne: boolean
  /** The namespace that it names: a list over all of them becomes one of that namespace. */
  readonly oneNamespace: string | undefined
  /** 0: no limit. */
  readonly limit: number
  readonly continueToken: string
  /** undefined: not given; 0: any. */
  readonly revision: Int64 | undefined
  readonly match: '' | 'Exact' | 'NotOlderThan'
  readonly timeoutSeconds: number | undefined
  readonly allowsBookmarks: boolean
  readonly sendsInitialEvents: boolean | undefined
}

/** Any state at all; other ways of writing nought are no such wish. */
const ANY = '0'

const METADATA_FIELDS = ['metadata.name', 'metadata.namespace'] as const

/** `name` is that of the one object that is watched, where the path says so. */
export function parseListOptions(
  definition: KindDefinition,
  query: URLSearchParams,
  isWatch: boolean,
  name = '',
): ListOptions {
  return readListOptions(definition, query, isWatch, name)()
}

/**
 * In upstream's order: numbers, selectors, what goes with what (422), fields of the kind; and where the list begins
 * only when the result is called, since a deletion looks at its own options in between.
 */
export function readListOptions(
  definition: KindDefinition,
  query: URLSearchParams,
  isWatch: boolean,
  name = '',
): () => ListOptions {
  if (query.size === 0) return () => EVERYTHING
  const { timeoutSeconds, limit, combination, ...selection } = parseChecked(definition, query, name)
  const { match, continueToken, revisionText, sendsInitialEvents: said } = combination
  const begun: Omit<ListOptions, 'revision' | 'limit' | 'sendsInitialEvents'> = {
    ...selection,
    continueToken,
    match: MATCHES.find((name) => name === match) ?? '',
    timeoutSeconds: timeoutSeconds === undefined ? undefined : Math.min(timeoutSeconds, MAX_TIMEOUT_SECONDS),
    allowsBookmarks: parseBoolean(query.get('allowWatchBookmarks')) ?? false,
  }
  return () => {
    if (!isWatch && continueToken !== '') checkContinued(continueToken, revisionText)
    const revision = parseRevision(revisionText, isWatch)
    // A watch from nowhere has always begun with the state; where the query asks for it, it says when that is over.
    const saysSo = match === '' && isLegacy(combination) && asksToWatch(query)
    return {
      ...begun,
      revision,
      // Whoever takes any state is given all of it, as from upstream's cache.
      limit: revisionText === ANY ? 0 : Math.min(limit, MAX_PAGE_OBJECTS),
      sendsInitialEvents: saysSo ? true : said,
    }
  }
}

/**
 * What a deletion of many selects. Upstream reads it in pages where nothing is said of them, and a page of a version is
 * of that one.
 */
export function readDeletionSelection(definition: KindDefinition, query: URLSearchParams): () => ListOptions {
  const read = readListOptions(definition, query, false)
  return () => {
    const options = read()
    const isPaged = (parseInteger(query.get('limit')) ?? 0) === 0
    return isPaged && isExactly({ ...options, limit: MAX_PAGE_OBJECTS }) ? { ...options, match: 'Exact' } : options
  }
}

/** A page of a version is of that one; what is read alone need only be as new, unless more is said. */
export function isExactly({ match, revision = 0, limit, isOfOne }: ListOptions): boolean {
  return revision > 0 && (match === 'Exact' || (match === '' && limit > 0 && !isOfOne))
}

/** For what has no revisions: what is selected, once all else in the query was found to be in order. */
export function parseSelection(definition: KindDefinition, query: URLSearchParams): ListOptions['matches'] {
  return parseChecked(definition, query).matches
}

/** Everything but what the revision and the token mean. */
function parseChecked(definition: KindDefinition, query: URLSearchParams, name = '') {
  const timeoutSeconds = parseTimeout(query.get('timeoutSeconds'))
  const limit = Math.max(0, parseInteger(query.get('limit')) ?? 0)
  const labels = readSelector(parseLabelSelector, query.get('labelSelector') ?? '')
  const fields = readSelector(parseFieldSelector, query.get('fieldSelector') ?? '')
  const combination: Combination = {
    match: query.get('resourceVersionMatch') ?? '',
    continueToken: query.get('continue') ?? '',
    revisionText: query.get('resourceVersion') ?? '',
    sendsInitialEvents: parseBoolean(query.get('sendInitialEvents')),
  }
  const errors = asksToWatch(query) ? watchErrors(combination) : listErrors(combination)
  if (errors.length > 0) throw invalidError({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors)
  checkFields(definition, fields)
  checkName(name, fields)
  const names = (field: string): boolean => combination.continueToken === '' && isSegment(fields.requirement(field))
  const isOfOne = names('metadata.name')
  const oneNamespace = names('metadata.namespace') ? fields.requirement('metadata.namespace') : undefined
  return { timeoutSeconds, limit, matches: predicate(labels, fields), isOfOne, oneNamespace, combination }
}

/** What the options are judged and completed by; a watch on the old paths need not say so here. */
function asksToWatch(query: URLSearchParams): boolean {
  return parseBoolean(query.get('watch')) === true
}

/** The most seconds that upstream can count, which counts them in nanoseconds of 64 bits and goes on below nothing. */
const MAX_COUNTED_SECONDS = 9_223_372_036

function parseTimeout(text: string | null): number | undefined {
  const seconds = parseInteger(text)
  if (text === null || seconds === undefined || Math.abs(seconds) <= MAX_COUNTED_SECONDS) return seconds
  return Number(BigInt.asIntN(64, BigInt(text.replace('+', '')) * 1_000_000_000n)) / 1e9
}

/** An object that is watched by its name in the path may be selected by that name, and not without it. */
function checkName(name: string, fields: FieldSelector): void {
  if (name === '' || fields.isEmpty || fields.requirement('metadata.name') === name) return
  throw badRequestError("fieldSelector metadata.name doesn't match requested name")
}

/** Whether a key may be made of a name, so that upstream reads it alone. */
function isSegment(name: string | undefined): boolean {
  return name !== undefined && name !== '' && name !== '.' && name !== '..' && !/[/%]/.test(name)
}

/** What an empty query asks for; a watch always has at least `watch` in it, or is one of the old paths. */
const EVERYTHING: ListOptions = {
  matches: undefined,
  isOfOne: false,
  oneNamespace: undefined,
  limit: 0,
  continueToken: '',
  revision: undefined,
  match: '',
  timeoutSeconds: undefined,
  allowsBookmarks: false,
  sendsInitialEvents: undefined,
}

/** Label and field selector as one predicate; undefined: everything. */
export function predicate(labels: LabelSelector, fields: FieldSelector): ListOptions['matches'] {
  if (labels.isEmpty && fields.isEmpty) return undefined
  return (selectable, name, namespace) =>
    labels.matches(selectable.labels) &&
    (fields.isEmpty ||
      fields.matches({
        ...selectable.fields,
        // Of no kind but Pods, whose fieldAliases it is; stores know fields and no kinds.
        'spec.host': selectable.fields['spec.nodeName'] ?? '',
        'metadata.name': name,
        'metadata.namespace': fields.fields.includes('metadata.namespace') ? namespace() : '',
      }))
}

function readSelector<T>(parse: (text: string) => T, text: string): T {
  try {
    return parse(text)
  } catch (error) {
    throw badRequestError(error instanceof Error ? error.message : String(error))
  }
}

const supportedFields = new WeakMap<KindDefinition, ReadonlySet<string>>()

/** The fields that a kind can be selected by: whatever it gives for an empty object. */
function selectableFieldsOf(definition: KindDefinition): ReadonlySet<string> {
  let fields = supportedFields.get(definition)
  if (fields === undefined) {
    const { kind, scope, custom } = definition
    const empty = { apiVersion: '', kind, metadata: {}, spec: {}, status: {} }
    const own = Object.keys(definition.selectableFields?.(empty) ?? {})
    // A kind of the cluster scope that names its fields, as custom ones do, does not name a namespace.
    const isWithoutNamespace = scope === 'Cluster' && (custom !== undefined || own.length > 0)
    const aliases = Object.keys(definition.fieldAliases ?? {})
    fields = new Set([...(isWithoutNamespace ? METADATA_FIELDS.slice(0, 1) : METADATA_FIELDS), ...own, ...aliases])
    supportedFields.set(definition, fields)
  }
  return fields
}

function checkFields(definition: KindDefinition, { fields }: FieldSelector): void {
  if (fields.length === 0) return
  const supported = selectableFieldsOf(definition)
  const wrong = fields.find((field) => !supported.has(field))
  if (wrong === undefined) return
  const { custom, fieldRefusal, selectableFields } = definition
  if (fieldRefusal !== undefined) throw badRequestError(fieldRefusal(wrong))
  const isListed = custom !== undefined || selectableFields !== undefined
  if (isListed) throw badRequestError(`field label not supported: ${wrong}`)
  const known = METADATA_FIELDS.map((field) => JSON.stringify(field)).join(', ')
  throw badRequestError(`${quote(wrong)} is not a known field selector: only ${known}`)
}

/** The number of a resourceVersion, of 64 bits; undefined: none. @throws the text of Go's strconv.ParseUint */
export function readRevision(text: string): Int64 | undefined {
  if (text === '') return undefined
  const quoted = quote(text)
  if (!/^\d+$/.test(text)) throw new RangeError(`strconv.ParseUint: parsing ${quoted}: invalid syntax`)
  const revision = BigInt(text)
  if (revision >= 2n ** 64n) throw new RangeError(`strconv.ParseUint: parsing ${quoted}: value out of range`)
  return int64(revision)
}

/** The token says which version the list shows (k8s.io/apiserver pkg/storage/interfaces.go, ValidateListOptions). */
function checkContinued(continueToken: string, revisionText: string): void {
  decodeContinueToken(continueToken)
  if (revisionText === '' || revisionText === ANY) return
  throw badRequestError('specifying resource version is not allowed when using continue')
}

/** A list that cannot read it is 400; a watch has no reason for its 500. */
function parseRevision(text: string, isWatch: boolean): Int64 | undefined {
  try {
    return readRevision(text)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const why = formatFieldErrors([invalid('resourceVersion', text, error.message)])
    throw isWatch ? unclassifiedError(why) : badRequestError(`invalid resource version: ${why}`)
  }
}

const MATCHES = ['Exact', 'NotOlderThan'] as const

interface Combination {
  readonly match: string
  readonly continueToken: string
  readonly revisionText: string
  readonly sendsInitialEvents: boolean | undefined
}

const MATCH = 'resourceVersionMatch'

function listErrors({ match, continueToken, revisionText, sendsInitialEvents }: Combination): FieldError[] {
  const errors: FieldError[] = []
  if (match !== '') {
    if (revisionText === '') errors.push(forbidden(MATCH, `${MATCH} is forbidden unless resourceVersion is provided`))
    if (continueToken !== '') errors.push(forbidden(MATCH, `${MATCH} is forbidden when continue is provided`))
    if (!MATCHES.some((name) => name === match)) errors.push(notSupported(MATCH, match, [...MATCHES, '']))
    if (match === 'Exact' && revisionText === ANY) {
      errors.push(forbidden(MATCH, `${MATCH} "exact" is forbidden for resourceVersion "0"`))
    }
  }
  if (sendsInitialEvents !== undefined) {
    errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  }
  return errors
}

/** A watch that says neither from where on, nor whether it wants the state first. */
function isLegacy({ revisionText, sendsInitialEvents }: Combination): boolean {
  return sendsInitialEvents === undefined && (revisionText === '' || revisionText === ANY)
}

function watchErrors(combination: Combination): FieldError[] {
  const { match, continueToken, sendsInitialEvents } = combination
  const errors: FieldError[] = []
  if (sendsInitialEvents !== undefined && match !== 'NotOlderThan') {
    errors.push(forbidden(MATCH, `sendInitialEvents requires setting ${MATCH} to NotOlderThan`))
  }
  const isContinued = continueToken !== '' && (match !== '' || isLegacy(combination))
  const continued = isContinued ? [forbidden(MATCH, `${MATCH} is forbidden when continue is provided`)] : []
  if (match === '') return [...errors, ...continued]
  if (sendsInitialEvents === undefined) {
    errors.push(forbidden(MATCH, `${MATCH} is forbidden for watch unless sendInitialEvents is provided`))
  }
  if (match !== 'NotOlderThan') errors.push(notSupported(MATCH, match, ['NotOlderThan']))
  return [...errors, ...continued]
}
