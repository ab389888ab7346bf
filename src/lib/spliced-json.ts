/**
 * JSON.stringify where some of what is printed is JSON already, and is to stand there in its very letters: JSON.rawJSON
 * takes no objects and lists. What it is printed as meanwhile is half of a character, which no text has that was read,
 * and a number.
 */
const PLACE = '\ud801'
const PRINTED_PLACE = /"\\ud801(\d+)"/g

/** While something is printed, what it is to have in its places. */
let texts: string[] | undefined

/** What toJSON of such JSON says: `text` where it is to be printed so, `value` wherever else somebody makes JSON. */
export function spliced(text: string, value: () => unknown): unknown {
  if (texts === undefined) return printable(value())
  texts.push(text)
  return `${PLACE}${String(texts.length - 1)}`
}

/** Of what toJSON gives, nobody asks for its own toJSON. */
function printable(value: unknown): unknown {
  return typeof value === 'bigint' ? value.toJSON() : value
}

/** `finish` works on all that was not JSON before. */
export function stringifySpliced(value: unknown, finish: (json: string) => string, indent?: number): string {
  const outer = texts
  const own: string[] = (texts = [])
  try {
    const json = finish(JSON.stringify(value, undefined, indent))
    return own.length === 0 ? json : json.replaceAll(PRINTED_PLACE, (_place, at: string) => own[Number(at)] ?? '')
  } finally {
    texts = outer
  }
}
