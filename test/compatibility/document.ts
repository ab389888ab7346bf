/** docs/compatibility.md, from the cells that the probes gave. Pure. */
import { formatGroupVersion } from '../../src/apimachinery/meta.ts'
import type { KindDefinition } from '../../src/apis/define-kind.ts'
import { UNSERVED_KINDS, UNSERVED_SUBRESOURCES } from '../../src/apis/kinds.ts'
import { LIMITS } from './limits.ts'

/** By column. */
export type Cells = ReadonlyMap<string, string>

export function documentText(
  columns: readonly string[],
  kinds: readonly (readonly [KindDefinition, Cells])[],
): string {
  const rows = kinds.map(([definition, cells]) =>
    rowText([formatGroupVersion(definition), definition.kind, ...columns.map((column) => cells.get(column) ?? '–')]),
  )
  const unserved = UNSERVED_KINDS.map(({ definition, reason }) =>
    rowText([formatGroupVersion(definition), definition.kind, reason]),
  )
  const limits = Object.entries(LIMITS).map(
    ([title, entries]) => `## ${title}\n\n${entries.map(({ what }) => `- ${what}\n`).join('')}`,
  )
  return `# Compatibility

Kubernetes 1.36, kind by kind. Written by \`npm run generate\` from what test/compatibility shows of each kind: every cell
is the answer of a probe, and \`npm run check\` fails when this document and the probes differ.

- *Stored*: an object is created, read, listed, watched, changed and deleted; "answered" kinds are questions, or
  what is looked at when somebody asks, and are never stored.
- *Defaulted*: fields that are not set are filled in as upstream does it; "no" where upstream has none for them.
- *Validated*: an object that is wrong is refused by the field that is wrong; "names" where upstream judges no more.
- *Protobuf*, *server-side apply*: objects go in and out, and are applied by their owner.
- *Columns*: how many \`kubectl get\` has, wide ones included.
- *Acted upon*: something in the control plane does something about it; "data" is for people and other programs. A kind
  that nothing acts on yet answers creates with a Warning that says so.
- *Subresources*: each is asked for what it is for; a code is what is answered where the platform has no way to do it.

${rowText(['version', 'kind', ...columns])}
${rowText(['version', 'kind', ...columns].map(() => '---'))}
${rows.join('\n')}

## Not served yet

These enforce something. An object that promises protection and gives none would be worse than an answer of 404.

| version | kind | why |
| --- | --- | --- |
${unserved.join('\n')}
${unservedSubresources()}
${limits.join('\n')}`
}

function unservedSubresources(): string {
  const rows = Object.entries(UNSERVED_SUBRESOURCES).map(
    ([path, names]) => rowText([path.replace(/^\//, ''), names.join(', ')]),
  )
  if (rows.length === 0) return ''
  return `\n## Subresources not served yet\n\n| resource | subresources |\n| --- | --- |\n${rows.join('\n')}\n`
}

function rowText(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
