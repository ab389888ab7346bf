/**
 * Addresses as Go writes them: the path decoded and encoded anew, the query read, sorted by its keys and written anew
 * (net/url, EscapedPath and Values.Encode), steps that lead nowhere taken out (path, Clean). Bytes that are no UTF-8
 * stay what they are. Pure.
 */
import { ascending } from '../../../lib/order.ts'

const PATH_KEPT = /[\w\-.~$&+,/:;=@]/
const QUERY_KEPT = /[\w\-.~]/

/** Not as Go reads it: a sign that escapes nothing, or what once parted pairs as well. */
const UNREADABLE = /;|%(?![0-9a-f]{2})/i

export function onwardPath(pathname: string): string {
  return encoded(decoded(pathname), PATH_KEPT)
}

/** Of a path that is decoded already. */
export function encodedPath(path: string): string {
  return encoded(Array.from(new TextEncoder().encode(path), (byte) => String.fromCharCode(byte)).join(''), PATH_KEPT)
}

/** Without empty steps and those that lead back; a slash at its end is gone, too. */
export function cleanPath(path: string): string {
  const steps: string[] = []
  for (const step of path.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '' && step !== '.') steps.push(step)
  }
  return `/${steps.join('/')}`
}

/** With its question mark; '' where nothing is left. */
export function onwardQuery(search: string): string {
  const pairs = search.replace(/^\?/, '').split('&').filter((pair) => pair !== '' && !UNREADABLE.test(pair))
  const read = pairs.map((pair) => {
    const at = pair.indexOf('=')
    const [key, value] = at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
    return [key, value].map((text) => decoded(text.replaceAll('+', ' '))) as [key: string, value: string]
  })
  const written = read
    .toSorted(([one], [other]) => ascending(one, other))
    .map((pair) => pair.map((text) => encoded(text, QUERY_KEPT).replaceAll('%20', '+')).join('='))
  return written.length === 0 ? '' : `?${written.join('&')}`
}

/** A character a byte. Whatever is not ASCII was escaped by the runtime before. */
function decoded(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_escape, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

function encoded(bytes: string, kept: RegExp): string {
  return Array.from(bytes, (byte) =>
    kept.test(byte) ? byte : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`).join('')
}
