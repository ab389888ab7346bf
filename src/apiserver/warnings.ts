/**
 * `Warning:` headers of an answer: each text once, and not more of them than a client's header may hold. All are told
 * in full where they are short together; otherwise each is cut, and the last ones go unsaid.
 * Upstream: k8s.io/apiserver pkg/endpoints/filters/warning.go.
 */
const MAX_CHARACTERS = 4096
const MAX_CHARACTERS_EACH = 256

export function addWarnings(headers: Headers, warnings: readonly string[]): void {
  if (warnings.length === 0) return
  const texts = [...new Set(warnings)].filter((text) => text !== '')
  for (const text of shortened(texts)) headers.append('warning', `299 - "${escaped(text)}"`)
}

function shortened(texts: readonly string[]): readonly string[] {
  const characters = texts.reduce((sum, text) => sum + Array.from(text).length, 0)
  if (characters <= MAX_CHARACTERS) return texts
  const kept: string[] = []
  let told = 0
  for (const text of texts) {
    if (told >= MAX_CHARACTERS) break
    const start = Array.from(text).slice(0, MAX_CHARACTERS_EACH)
    told += start.length
    kept.push(start.join(''))
  }
  return kept
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll(/[\r\n]+/g, ' ')
}
