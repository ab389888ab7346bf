/**
 * Changes of the log as events of a watch, lines of JSON or frames of protobuf: selector transitions, the shapes a
 * watcher may ask for, bookmarks and errors. A plain watcher's event is encoded once per change and media type,
 * whoever watches; everything else is per watcher. Pure.
 */
import type { KindDefinition, StoredText } from '../../apis/define-kind.ts'
import { printTyped } from '../../apis/schema.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import type { Status } from '../../apimachinery/status-error.ts'
import { parseWithoutManagedFields, restamped, storedText, typePrefix } from '../../registry/object-text.ts'
import type { Change, ChangeType } from '../../store/object-store.ts'
import { PROTOBUF_MEDIA_TYPE } from '../../apimachinery/wire/protobuf/codec.ts'
import { protobufCodec } from '../../apis/facts/protobuf-facts.ts'
import { messageOf } from '../answer.ts'
import type { ListOptions } from './list-options.ts'
import type { Form } from '../negotiate.ts'
import { parseShown } from './shown-text.ts'
import { partialText, rowText, tableText } from './tables.ts'
import { unsetFields } from './unset-object.ts'
import { inRequestedVersion } from './versions.ts'

const INITIAL_EVENTS_ANNOTATION = 'k8s.io/initial-events-end'

/** The type a watcher with these selectors sees, or undefined for nothing. */
export function visibleType(
  change: Change,
  matches: ListOptions['matches'],
  namespace: () => string,
): ChangeType | undefined {
  if (matches === undefined) return change.type
  const before = change.previousSelectable !== undefined && matches(change.previousSelectable, change.name, namespace)
  if (change.type === 'DELETED') return before ? 'DELETED' : undefined
  const now = matches(change.selectable, change.name, namespace)
  if (now) return before ? 'MODIFIED' : 'ADDED'
  return before ? 'DELETED' : undefined
}

/** What such a watcher is shown: of what has left its selection the state before, as of the change. */
export function visibleChange(type: ChangeType, change: Change): Change {
  const { previousText, previousSelectable: selectable, revision } = change
  if (type !== 'DELETED' || change.type === 'DELETED') return change
  if (previousText === undefined || selectable === undefined) return change
  return { ...change, selectable, text: restamped(previousText, revision) }
}

const encoder = new TextEncoder()

export interface WatchEncoder {
  change(type: ChangeType, change: Change): Uint8Array
  initial(stored: StoredText): Uint8Array
  bookmark(revision: number, endsInitialEvents: boolean): Uint8Array
  error(status: Status): Uint8Array
  /** Bytes that mean nothing to the client's decoder, where the form has such. */
  readonly nothing?: Uint8Array
}

/** How events are put on the wire. */
interface EventPrinter {
  /** An event about an object that is printed already. */
  text(type: string, objectText: string): Uint8Array
  object(type: string, subject: object): Uint8Array
  /** Events of changes as they are, made for the first watcher that needs them. */
  readonly plain: WeakMap<Change, Uint8Array>
  readonly nothing?: Uint8Array
}

const lines: EventPrinter = {
  text: (type, objectText) => encoder.encode(`{"type":"${type}","object":${objectText}}\n`),
  object: (type, subject) => encoder.encode(`{"type":"${type}","object":${printTyped('V1Status', subject)}}\n`),
  plain: new WeakMap(),
  nothing: encoder.encode('\n'),
}

const frames: EventPrinter = {
  text: (type, objectText) => frames.object(type, parseShown(objectText) as AnyObject),
  object(type, subject) {
    const about = subject as AnyObject
    return protobufCodec.encodeEvent(type, messageOf(about), about, about)
  },
  plain: new WeakMap(),
}

export interface WatchForm {
  readonly form: Form
  readonly includeObject: string
  nowMs(): number
}

export function watchEncoder(definition: KindDefinition, watchForm: WatchForm): WatchEncoder {
  const { form } = watchForm
  const printer = form.mediaType === PROTOBUF_MEDIA_TYPE ? frames : lines
  const ends: Pick<WatchEncoder, 'error' | 'nothing'> = {
    error: (status) => printer.object('ERROR', status),
    ...(printer.nothing === undefined ? {} : { nothing: printer.nothing }),
  }
  if (form.shape === 'table') return { ...tableEncoder(definition, watchForm), ...ends }
  if (form.shape !== 'object') {
    const { metaVersion } = form
    const prefix = `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${metaVersion}",`
    return {
      change: (type, change) => printer.text(type, partialText(change.text, metaVersion)),
      initial: ({ text }) => printer.text('ADDED', partialText(text, metaVersion)),
      bookmark: (revision, isEnd) => printer.text('BOOKMARK', bookmarkText(prefix, revision, isEnd)),
      ...ends,
    }
  }
  return {
    change(type, change) {
      if (type !== change.type || definition.storedAs !== undefined)
        return printer.text(type, inRequestedVersion(definition, storedText(change)))
      let bytes = printer.plain.get(change)
      if (bytes === undefined) {
        if (definition.custom?.isCurrent(storedText(change)) === false) {
          return printer.text(type, inRequestedVersion(definition, storedText(change)))
        }
        bytes = printer.text(type, change.text)
        printer.plain.set(change, bytes)
      }
      return bytes
    },
    initial: (stored) => printer.text('ADDED', inRequestedVersion(definition, stored)),
    bookmark: (revision, isEnd) => printer.text('BOOKMARK', objectBookmark(definition, revision, isEnd)),
    ...ends,
  }
}

/** Bookmarks carry apiVersion and kind of the type watched, or reflectors drop them. */
function objectBookmark(definition: KindDefinition, revision: number, endsInitialEvents: boolean): string {
  const { annotations } = definition.inNothing?.metadata ?? {}
  const nothing = { annotations, rest: unsetFields(definition) }
  return bookmarkText(typePrefix(definition), revision, endsInitialEvents, nothing)
}

interface Nothing {
  readonly annotations?: Readonly<Record<string, string>> | undefined
  /** Behind the metadata. */
  readonly rest?: string
}

function bookmarkText(prefix: string, revision: number, endsInitialEvents: boolean, nothing: Nothing = {}): string {
  const version = `"resourceVersion":"${String(revision)}"`
  const all = { ...nothing.annotations, ...(endsInitialEvents ? { [INITIAL_EVENTS_ANNOTATION]: 'true' } : {}) }
  const annotations = Object.keys(all).length > 0 ? [`"annotations":${JSON.stringify(all)}`] : []
  const isMap = prefix.startsWith('{"apiVersion"')
  const metadata = isMap ? [...annotations, version] : [version, ...annotations]
  return `${prefix}"metadata":{${metadata.join(',')}}${nothing.rest ?? ''}}`
}

/** Tables, which are never protobuf: one row an event, column definitions in the first event only. */
function tableEncoder(
  definition: KindDefinition,
  { form, includeObject, nowMs }: WatchForm,
): Pick<WatchEncoder, 'bookmark' | 'change' | 'initial'> {
  let isFirst = true
  const table = (type: string, revision: string, row: string): Uint8Array => {
    const text = tableText(definition, { resourceVersion: revision }, [row], { form }, isFirst)
    isFirst = false
    return lines.text(type, text)
  }
  const row = (type: string, stored: StoredText): Uint8Array => {
    const text = inRequestedVersion(definition, stored)
    const { resourceVersion = '' } = parseWithoutManagedFields(text).metadata
    return table(type, resourceVersion, rowText(definition, text, { form, includeObject, nowMs: nowMs() }))
  }
  return {
    change: (type, change) => row(type, storedText(change)),
    initial: (stored) => row('ADDED', stored),
    // A row about nothing, with its metadata even where none are wanted: they are what it is for.
    bookmark(revision, ends) {
      const text = objectBookmark(definition, revision, ends)
      const shown = { form, includeObject: includeObject === 'None' ? 'Metadata' : includeObject, nowMs: nowMs() }
      return table('BOOKMARK', String(revision), rowText(definition, text, shown))
    },
  }
}
