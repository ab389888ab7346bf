/**
 * Writes docs/compatibility.md from THE list of kinds: what is stored, defaulted, validated and acted upon.
 *
 *   node src/cli/generate/compatibility.ts            write it
 *   node src/cli/generate/compatibility.ts --check    fail when it is not what would be written
 *
 * Nothing in it is said by hand: a kind that gains a controller or a validation changes its row by changing its entry.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatGroupVersion } from '../../apimachinery/meta.ts'
import { hasDefaults } from '../../apis/defaulting.ts'
import type { KindDefinition } from '../../apis/define-kind.ts'
import { KINDS, UNSERVED_KINDS, UNSERVED_SUBRESOURCES } from '../../apis/kinds.ts'

const TARGET = join(import.meta.dirname, '../../../docs/compatibility.md')
const COMMAND = 'node src/cli/generate/compatibility.ts'

const YES = 'yes'
const NO = 'no'

function storedText({ isVirtual, storedAs }: KindDefinition): string {
  if (isVirtual === true) return 'answered'
  return storedAs === undefined ? YES : `as ${formatGroupVersion(storedAs.definition)}`
}

/** Of these, upstream judges the metadata and nothing else. */
const PLAIN_KINDS = new Set(['ServiceAccount'])

function validatedText({ isVirtual, kind, strategy }: KindDefinition): string {
  if (isVirtual === true) return '–'
  return strategy.validate === undefined && !PLAIN_KINDS.has(kind) ? 'types and names' : YES
}

function actedText({ isVirtual, kind, notActedUpon }: KindDefinition): string {
  if (isVirtual === true) return '–'
  return notActedUpon === undefined ? YES : `no: ${notActedUpon.slice(`${kind}: nothing acts on it yet: `.length)}`
}

function row(definition: KindDefinition): string {
  const cells = [
    formatGroupVersion(definition),
    definition.kind,
    storedText(definition),
    hasDefaults(definition.type) ? YES : NO,
    validatedText(definition),
    actedText(definition),
    definition.subresources.map(({ name }) => name).join(', '),
  ]
  return `| ${cells.join(' | ')} |`
}

function compatibilityText(): string {
  const unserved = UNSERVED_KINDS.map(
    ({ definition, reason }) => `| ${formatGroupVersion(definition)} | ${definition.kind} | ${reason} |`,
  )
  const subresources = Object.entries(UNSERVED_SUBRESOURCES).map(
    ([path, names]) => `| ${path.replace(/^\//, '')} | ${names.join(', ')} |`,
  )
  return `# Compatibility

Kubernetes 1.36, kind by kind. Written by \`${COMMAND}\` from src/apis/kinds.ts; do not edit.

- *Stored*: objects are kept, watched and listed; "answered" kinds are questions that are never stored.
- *Defaulted*: fields that are not set are filled in as upstream does it; "no" where upstream has no defaults either.
- *Validated*: "yes" where the rules of the kind are checked; "types and names" where only the schema and metadata are.
- *Acted upon*: something in the control plane reads the kind, or nothing needs to. A kind that nothing acts on yet
  answers creates with a Warning that says so.

| version | kind | stored | defaulted | validated | acted upon | subresources |
| --- | --- | --- | --- | --- | --- | --- |
${KINDS.map(row).join('\n')}

## Not served yet

These enforce something. An object that promises protection and gives none would be worse than an answer of 404.

| version | kind | why |
| --- | --- | --- |
${unserved.join('\n')}

## Subresources not served yet

| resource | subresources |
| --- | --- |
${subresources.join('\n')}

## APIs of other servers

An APIService whose Service has a selector is reached as all Services are; one whose Service is of type ExternalName,
over HTTPS at that host. What differs from upstream:

- \`caBundle\` and \`insecureSkipTLSVerify\` are kept and have no effect. Within the cluster the way is the platform's own
  and nobody else is on it; certificates of outside hosts are verified against public CAs, which the platform offers no
  way to change.
- No client certificate is shown (\`requestheader-client-ca-file\`), so a server cannot verify that X-Remote-* headers
  come from the API: whoever else reaches its Service could write them as well.
- Discovery in protobuf or YAML, and OpenAPI v2 in protobuf, have only the kinds above; in JSON they have all.
`
}

const wanted = compatibilityText()
if (process.argv.includes('--check')) {
  const current = existsSync(TARGET) ? readFileSync(TARGET, 'utf8') : ''
  if (current !== wanted) {
    console.error(`docs/compatibility.md is stale: run ${COMMAND}`)
    process.exit(1)
  }
} else {
  writeFileSync(TARGET, wanted)
}
