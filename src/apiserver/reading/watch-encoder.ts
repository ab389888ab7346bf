/**
 * Changes of the log as lines of a watch: selector transitions, the shapes a watcher may ask for, bookmarks and errors.
 * A plain watcher's line is encoded once per change, whoever watches; everything else is per watcher. Pure.
 */
import type { KindDefinition, StoredText } from '../../apis/define-kind.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import { formatGroupVersion } from '../../apimachinery/meta.ts'
import type { Status } from '../../apimachinery/status-error.ts'
import { readStored, storedText, typePrefix } from '../../registry/object-text.ts'
import type { Change, ChangeType } from '../../store/object-store.ts'
import { partialText } from '../answer.ts'
import type { ListOptions } from './list-options.ts'
import type { Form } from '../negotiate.ts'
import { tableOf } from './tables.ts'
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

const encoder = new TextEncoder()
const plainLines = new WeakMap<Change, Uint8Array>()

export interface WatchEncoder {
  change(type: ChangeType, change: Change): Uint8Array
  initial(stored: StoredText): Uint8Array
  bookmark(revision: number, endsInitialEvents: boolean): Uint8Array
}

export function encodeError(status: Status): Uint8Array {
  return encoder.encode(`{"type":"ERROR","object":${JSON.stringify(status)}}\n`)
}

function line(type: string, objectText: string): Uint8Array {
  return encoder.encode(`{"type":"${type}","object":${objectText}}\n`)
}

export interface WatchForm {
  readonly form: Form
  readonly includeObject: string
  nowMs(): number
}

export function watchEncoder(definition: KindDefinition, watchForm: WatchForm): WatchEncoder {
  const { form } = watchForm
  if (form.shape === 'table') return tableEncoder(definition, watchForm)
  if (form.shape !== 'object') {
    const { metaVersion } = form
    return {
      change: (type, change) => line(type, partialText(change.text, metaVersion)),
      initial: ({ text }) => line('ADDED', partialText(text, metaVersion)),
      bookmark: (revision, ends) =>
        line(
          'BOOKMARK',
          bookmarkText(`{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${metaVersion}",`, revision, ends),
        ),
    }
  }
  return {
    change(type, change) {
      if (type !== change.type || definition.storedAs !== undefined)
        return line(type, inRequestedVersion(definition, storedText(change)))
      let bytes = plainLines.get(change)
      if (bytes === undefined) {
        if (definition.custom?.isCurrent(storedText(change)) === false) {
          return line(type, inRequestedVersion(definition, storedText(change)))
        }
        bytes = line(type, change.text)
        plainLines.set(change, bytes)
      }
      return bytes
    },
    initial: (stored) => line('ADDED', inRequestedVersion(definition, stored)),
    bookmark: (revision, ends) => line('BOOKMARK', bookmarkText(typePrefix(definition), revision, ends)),
  }
}

/** Bookmarks carry apiVersion and kind of the type watched, or reflectors drop them. */
function bookmarkText(prefix: string, revision: number, endsInitialEvents: boolean): string {
  const metadata = {
    resourceVersion: String(revision),
    creationTimestamp: null,
    ...(endsInitialEvents ? { annotations: { [INITIAL_EVENTS_ANNOTATION]: 'true' } } : {}),
  }
  return `${prefix}"metadata":${JSON.stringify(metadata)}}`
}

/** Tables: one row an event, column definitions in the first event only. */
function tableEncoder(definition: KindDefinition, { form, includeObject, nowMs }: WatchForm): WatchEncoder {
  let isFirst = true
  const row = (type: string, stored: StoredText): Uint8Array => {
    const subject = readStored(definition, stored)
    const metadata = { resourceVersion: subject.metadata.resourceVersion ?? '' }
    const table = tableOf(definition, [subject], metadata, { form, includeObject, nowMs: nowMs() }, isFirst)
    isFirst = false
    return line(type, JSON.stringify(table))
  }
  return {
    change: (type, change) => row(type, storedText(change)),
    initial: (stored) => row('ADDED', stored),
    bookmark(revision, ends) {
      const object = JSON.parse(
        bookmarkText(`{"kind":"${definition.kind}","apiVersion":"${formatGroupVersion(definition)}",`, revision, ends),
      ) as AnyObject
      const table = {
        kind: 'Table',
        apiVersion: `meta.k8s.io/${form.metaVersion}`,
        metadata: { resourceVersion: String(revision) },
        columnDefinitions: isFirst
          ? tableOf(definition, [], {}, { form, includeObject, nowMs: nowMs() }).columnDefinitions
          : null,
        rows: [{ cells: [], object }],
      }
      isFirst = false
      return line('BOOKMARK', JSON.stringify(table))
    },
  }
}
