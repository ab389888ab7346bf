/**
 * Objects whose names are printed in an order of one's own. Those of JavaScript have names of digits alone before all
 * others, whoever sets them when; where that is not their place they are printed with something before them, which is
 * taken off again: half of a character, which no text has that was read (wire/json.ts), and JSON.stringify prints as an
 * escape.
 */
const PLACED = '\ud800'
const PRINTED_PLACED = '"\\ud800'

const INDEX = /^(?:0|[1-9]\d{0,9})$/

/** Whether an object has such names: they are its first. */
export function hasDigitsAlone(value: object): boolean {
  for (const key in value) return INDEX.test(key)
  return false
}

/** `key` as it is set in an object that is printed and not kept. */
export function placedKey(key: string): string {
  return INDEX.test(key) ? PLACED + key : key
}

/** What JSON.stringify has made of such objects. */
export function withoutPlaces(text: string): string {
  return text.includes('\\ud800') ? text.replaceAll(PRINTED_PLACED, '"') : text
}
