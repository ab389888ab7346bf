/**
 * Finding fields in finished JSON texts without reading them: compact ones, as stored texts are. What stands within
 * strings is stepped over.
 */
const [QUOTE, BACKSLASH, COMMA, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] =
  [...'"\\,{}[]'].map((one) => one.charCodeAt(0))

/** Where the field `name` of an object begins, whose first key is at `from`; -1: it has none. */
export function fieldOf(text: string, from: number, name: string): number {
  const key = `"${name}":`
  for (let at = from; text.charCodeAt(at) === QUOTE;) {
    if (text.startsWith(key, at)) return at
    at = endOfValue(text, endOfString(text, at) + 2)
    if (text.charCodeAt(at) !== COMMA) return -1
    at += 1
  }
  return -1
}

/** Behind the value that begins at `from`. */
function endOfValue(text: string, from: number): number {
  const first = text.charCodeAt(from)
  if (first === QUOTE) return endOfString(text, from) + 1
  if (first === OPEN || first === OPEN_LIST) return endOfObject(text, from + 1)
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === COMMA || code === CLOSE || code === CLOSE_LIST) break
  }
  return at
}

/** Behind the brace or bracket that closes the object or list in which `from` is. */
export function endOfObject(text: string, from: number): number {
  let at = from
  for (let depth = 1; depth > 0 && at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === OPEN || code === OPEN_LIST) depth += 1
    else if (code === CLOSE || code === CLOSE_LIST) depth -= 1
  }
  return at
}

/** The quote that closes the string which opens at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes += 1
    if (escapes % 2 === 0) return end
  }
  return text.length
}
