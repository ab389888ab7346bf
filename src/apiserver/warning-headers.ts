/**
 * Warnings as headers of an answer (k8s.io/apiserver pkg/endpoints/filters/warning.go, k8s.io/apimachinery
 * pkg/util/net/http.go): each said once, none that a header could not carry, and not too much of all: what comes to
 * more than 4,096 characters is cut to 256 each until there is enough.
 */
const MAX_CHARACTERS = 4_096
const MAX_CHARACTERS_EACH = 256

const CONTROL = /\p{Cc}/u

export function addWarnings(headers: Headers, warnings: readonly string[]): void {
  if (warnings.length === 0) return
  for (const text of fitting([...new Set(warnings)])) {
    append(headers, `299 - "${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`)
  }
}

function fitting(warnings: readonly string[]): readonly string[] {
  const said = warnings.filter((text) => text !== '' && !CONTROL.test(text)).map((text) => text.toWellFormed())
  if (said.reduce((sum, text) => sum + text.length, 0) <= MAX_CHARACTERS) return said
  const characters = said.map((text) => [...text])
  if (characters.reduce((sum, { length }) => sum + length, 0) <= MAX_CHARACTERS) return said
  const cut: string[] = []
  let length = 0
  for (const text of characters) {
    if (length >= MAX_CHARACTERS) break
    const kept = text.slice(0, MAX_CHARACTERS_EACH)
    length += kept.length
    cut.push(kept.join(''))
  }
  return cut
}

/** workerd's headers take any text and write it in UTF-8; those of other platforms take nothing but its bytes. */
function append(headers: Headers, value: string): void {
  try {
    headers.append('warning', value)
  } catch {
    headers.append('warning', String.fromCharCode(...new TextEncoder().encode(value)))
  }
}
