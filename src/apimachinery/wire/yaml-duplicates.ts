/**
 * Keys that a YAML mapping has twice, as Go's reader tells of them (sigs.k8s.io/yaml goyaml.v2 decode.go, setMapIndex):
 * once it has read the value, so that what is inside of that comes first, and by the line on which the value begins.
 */
import { EVENT_ID, getScalarValue, type Event } from 'js-yaml'
import { quote } from '../field-path.ts'

interface OpenCollection {
  /** undefined for a list. */
  readonly keys: Set<string> | undefined
  expectsKey: boolean
  /** Of a mapping: where its last key begins, and that key if it was there before. */
  keyStart: number
  repeated: string | undefined
  /** What is to be said once it is closed. */
  readonly complaint: string | undefined
}

type OnDuplicate = (complaint: string) => void

/** Keys by their text: `1` and `"1"` would be one key of the JSON object as well. */
export function findYamlDuplicates(text: string, events: readonly Event[], onDuplicate: OnDuplicate): void {
  const open: OpenCollection[] = []
  const lineAt = lineCounter(text)
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) continue
    if (event.type === EVENT_ID.POP) {
      const complaint = open.pop()?.complaint
      if (complaint !== undefined) onDuplicate(complaint)
      continue
    }
    const around = open.at(-1)
    const isKey = around?.keys !== undefined && around.expectsKey
    if (around?.keys !== undefined) around.expectsKey = !isKey
    const repeated = isKey ? undefined : around?.repeated
    const complaint = repeated === undefined
      ? undefined
      : `line ${String(lineAt(startOf(event, around?.keyStart ?? 0)))}: key ${quote(repeated)} already set in map`
    if (isKey && event.type === EVENT_ID.SCALAR) noteKey(around, getScalarValue(text, event), event.valueStart)
    else if (around !== undefined) around.repeated = undefined
    const keys = event.type === EVENT_ID.MAPPING ? new Set<string>() : undefined
    if (keys !== undefined || event.type === EVENT_ID.SEQUENCE) {
      open.push({ keys, expectsKey: keys !== undefined, keyStart: 0, repeated: undefined, complaint })
    } else if (complaint !== undefined) onDuplicate(complaint)
  }
}

function noteKey(mapping: OpenCollection, key: string, start: number): void {
  const { keys } = mapping
  mapping.keyStart = start
  mapping.repeated = keys?.has(key) === true ? key : undefined
  if (key !== '<<') keys?.add(key)
}

type NodeEvent = Exclude<Event, { type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP }>

/** Where a value begins, its anchor and tag included; a block's text is below what begins it. */
function startOf(event: NodeEvent, keyStart: number): number {
  const own = event.type === EVENT_ID.SCALAR ? (event.indent < 0 ? event.valueStart : -1)
    : event.type === EVENT_ID.ALIAS ? event.anchorStart : event.start
  const tag = 'tagStart' in event ? event.tagStart : -1
  const starts = [own, event.anchorStart, tag].filter((start) => start >= 0)
  return starts.length === 0 ? keyStart : Math.min(...starts)
}

/** Lines from 1, of offsets that never decrease. */
function lineCounter(text: string): (offset: number) => number {
  let [line, counted] = [1, 0]
  return (offset) => {
    for (let at = text.indexOf('\n', counted); at >= 0 && at < offset; at = text.indexOf('\n', counted)) {
      line++
      counted = at + 1
    }
    return line
  }
}
