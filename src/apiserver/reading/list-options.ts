/**
 * The options of list and watch, read and checked once (k8s.io/apimachinery pkg/apis/meta/internalversion/validation).
 * What comes out is what the store understands: selectors as one predicate, revisions as numbers.
 */
import type { KindDefinition } from '../../apis/define-kind.ts'
import type { FieldSelector, LabelSelector } from '../../apimachinery/selectors.ts'
import { parseFieldSelector, parseLabelSelector } from '../../apimachinery/selectors.ts'
import { ApiStatusError, badRequestError, invalidError } from '../../apimachinery/status-error.ts'
import type { FieldError } from '../../apimachinery/field-path.ts'
import { forbidden, invalid, notSupported } from '../../apimachinery/field-path.ts'
import type { Selectable } from '../../store/object-store.ts'
import { isTrue } from '../request-info.ts'

/** No answer page is larger: a caller's larger limit gets pages of this size and a continue token. */
export const MAX_PAGE_OBJECTS = 10_000

export interface ListOptions {
  /** `namespace` is asked only when a selector is about it: over all namespaces it is in the text alone. */
  readonly matches: ((selectable: Selectable, name: string, namespace: () => string) => boolean) | undefined
  /** 0: no limit. */
  readonly limit: number
  readonly continueToken: string
  /** undefined: not given; 0: any. */
  readonly revision: number | undefined
  readonly match: '' | 'Exact' | 'NotOlderThan'
  readonly timeoutSeconds: number | undefined
  readonly allowsBookmarks: boolean
  readonly sendsInitialEvents: boolean | undefined
  /** The one name that `fieldSelector=metadata.name=X` leaves, which is also what the authorizer is asked about. */
  readonly singleName: string | undefined
}

/** Field labels that every kind supports. */
const COMMON_FIELDS: ReadonlySet<string> = new Set(['metadata.name', 'metadata.namespace'])

export function parseListOptions(definition: KindDefinition, query: URLSearchParams, isWatch: boolean): ListOptions {
  const labels = parseLabels(query.get('labelSelector') ?? '')
  const fields = parseFields(definition, query.get('fieldSelector') ?? '')
  const options: ListOptions = {
    matches: predicate(labels, fields),
    limit: Math.min(parseCount(query, 'limit'), MAX_PAGE_OBJECTS),
    continueToken: query.get('continue') ?? '',
    revision: parseRevision(query.get('resourceVersion') ?? ''),
    match: parseMatch(query.get('resourceVersionMatch') ?? ''),
    timeoutSeconds: query.has('timeoutSeconds') ? parseCount(query, 'timeoutSeconds') : undefined,
    allowsBookmarks: isTrue(query.get('allowWatchBookmarks')),
    sendsInitialEvents: query.has('sendInitialEvents') ? isTrue(query.get('sendInitialEvents')) : undefined,
    singleName: fields.requirement('metadata.name'),
  }
  const errors = isWatch ? watchErrors(options) : listErrors(options)
  if (errors.length > 0) {
    throw invalidError({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors)
  }
  return options
}

/** Label and field selector as one predicate; undefined: everything. */
export function predicate(labels: LabelSelector, fields: FieldSelector): ListOptions['matches'] {
  if (labels.isEmpty && fields.isEmpty) return undefined
  return (selectable, name, namespace) =>
    labels.matches(selectable.labels) &&
    (fields.isEmpty ||
      fields.matches({
        ...selectable.fields,
        'metadata.name': name,
        'metadata.namespace': fields.fields.includes('metadata.namespace') ? namespace() : '',
      }))
}

function parseLabels(text: string): LabelSelector {
  try {
    return parseLabelSelector(text)
  } catch (error) {
    throw badRequestError(messageOf(error))
  }
}

function parseFields(definition: KindDefinition, text: string): FieldSelector {
  const selector = parseSelectorText(text)
  const supported = selectableFieldsOf(definition)
  for (const field of selector.fields) {
    if (!COMMON_FIELDS.has(field) && !supported.has(field)) {
      throw badRequestError(`field label not supported: ${field}`)
    }
  }
  return selector
}

function parseSelectorText(text: string): FieldSelector {
  try {
    return parseFieldSelector(text)
  } catch (error) {
    throw badRequestError(messageOf(error))
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

const supportedFields = new WeakMap<KindDefinition, ReadonlySet<string>>()

/** The fields that a kind can be selected by: whatever it gives for an empty object. */
function selectableFieldsOf(definition: KindDefinition): ReadonlySet<string> {
  let fields = supportedFields.get(definition)
  if (fields === undefined) {
    const { kind } = definition
    const empty = { apiVersion: '', kind, metadata: {}, spec: {}, status: {} }
    fields = new Set(Object.keys(definition.selectableFields?.(empty) ?? {}))
    supportedFields.set(definition, fields)
  }
  return fields
}

function parseCount(query: URLSearchParams, option: string): number {
  const text = query.get(option)
  if (text === null || text === '') return 0
  if (!/^[+-]?\d{1,19}$/.test(text)) {
    throw badRequestError(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  }
  return Math.max(0, Number(text))
}

function parseRevision(text: string): number | undefined {
  if (text === '') return undefined
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new ApiStatusError(
      'Invalid',
      `resourceVersion: Invalid value: ${JSON.stringify(text)}: invalid resource version`,
      {
        causes: [
          {
            reason: 'FieldValueInvalid',
            message: `Invalid value: ${JSON.stringify(text)}: invalid resource version`,
            field: 'resourceVersion',
          },
        ],
      },
    )
  }
  return Number(text)
}

const MATCHES = ['', 'Exact', 'NotOlderThan'] as const

function parseMatch(text: string): ListOptions['match'] {
  const match = MATCHES.find((name) => name === text)
  if (match === undefined) {
    throw invalidError({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [
      notSupported('resourceVersionMatch', text, ['Exact', 'NotOlderThan', '']),
    ])
  }
  return match
}

function listErrors(options: ListOptions): FieldError[] {
  const errors: FieldError[] = []
  if (options.sendsInitialEvents !== undefined) {
    errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  }
  if (options.match === '') return errors
  if (options.revision === undefined) {
    errors.push(
      forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'),
    )
  }
  if (options.continueToken !== '') {
    errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'))
  }
  if (options.match === 'Exact' && options.revision === 0) {
    errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
  }
  return errors
}

function watchErrors(options: ListOptions): FieldError[] {
  if (options.sendsInitialEvents === undefined) {
    return options.match === ''
      ? []
      : [
          forbidden(
            'resourceVersionMatch',
            'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
          ),
        ]
  }
  if (options.match === '') {
    return [
      forbidden('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'),
    ]
  }
  if (options.match !== 'NotOlderThan') return [notSupported('resourceVersionMatch', options.match, ['NotOlderThan'])]
  if (!options.allowsBookmarks && options.sendsInitialEvents) {
    return [invalid('allowWatchBookmarks', false, 'sendInitialEvents requires allowWatchBookmarks')]
  }
  return []
}
