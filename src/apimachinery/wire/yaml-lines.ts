/** On which line each field of a YAML document stands, by its path: for errors about files that people write. Pure. */
import { childPath, indexPath } from '../field-path.ts'
import { YamlParser, type Node } from './yaml/parser.ts'

/** `rules[2].level` → 11. The first document only; the text must be YAML. */
export function linesOfYaml(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>()
  const document = new YamlParser(text).document()
  if (document !== undefined) addLines(document, '', lines)
  return lines
}

/** A field's line is that of its key; of what has none, where it begins. */
function addLines(node: Node, path: string, lines: Map<string, number>): void {
  if (!lines.has(path)) lines.set(path, node.line)
  if (node.kind === 'list') {
    for (const [at, item] of node.children.entries()) addLines(item, indexPath(path, at), lines)
  } else if (node.kind === 'map') {
    for (const [at, value] of node.children.entries()) {
      const key = node.children[at - 1]
      if (at % 2 === 0 || key === undefined) continue
      const field = childPath(path, key.text)
      lines.set(field, key.line)
      addLines(value, field, lines)
    }
  }
}
