/** On which line each field of a YAML document stands, by its path: for errors about files that people write. Pure. */
import { EVENT_ID, getScalarValue, parseEvents } from 'js-yaml'
import { childPath, indexPath } from '../field-path.ts'

interface OpenCollection {
  readonly path: string
  readonly isMapping: boolean
  /** Of a mapping: the key whose value comes next. */
  key: string | undefined
  index: number
}

/** `rules[2].level` → 11. The first document only; the text must be YAML. */
export function linesOfYaml(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>()
  const open: OpenCollection[] = []
  const lineAt = (offset: number): number => text.slice(0, Math.max(0, offset)).split('\n').length
  for (const event of parseEvents(text, {})) {
    if (event.type === EVENT_ID.DOCUMENT) continue
    if (event.type === EVENT_ID.POP) {
      open.pop()
      continue
    }
    const collection = open.at(-1)
    if (collection?.isMapping === true && collection.key === undefined) {
      const isPlain = event.type === EVENT_ID.SCALAR
      collection.key = isPlain ? getScalarValue(text, event) : ''
      if (isPlain) lines.set(childPath(collection.path, collection.key), lineAt(event.valueStart))
      continue
    }
    const path = collection === undefined ? '' : pathOf(collection)
    const start = 'start' in event ? event.start : 'valueStart' in event ? event.valueStart : -1
    if (!lines.has(path)) lines.set(path, lineAt(start))
    if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) {
      open.push({ path, isMapping: event.type === EVENT_ID.MAPPING, key: undefined, index: 0 })
    }
  }
  return lines
}

/** Of the next value in it. */
function pathOf(collection: OpenCollection): string {
  if (!collection.isMapping) return indexPath(collection.path, collection.index++)
  const path = childPath(collection.path, collection.key ?? '')
  collection.key = undefined
  return path
}
