/**
 * A text without the characters that it ends in, as Go's strings.TrimRight. An expression like `/\/+$/` would try
 * anew at each of a run that is not at the end: a hundred thousand slashes and a letter hold it up for half a minute.
 */
export function withoutTrailing(text: string, character: string): string {
  let end = text.length
  while (end > 0 && text[end - 1] === character) end--
  return text.slice(0, end)
}
