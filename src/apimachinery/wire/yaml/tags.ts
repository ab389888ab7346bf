/** Tags, their handles and URIs as go-yaml scans them (scannerc.go, scan_tag, scan_tag_handle, scan_tag_uri). */
import { characterWidth } from '../utf8.ts'
import { BLANK_OR_END, type YamlCursor } from './cursor.ts'

export interface Tag {
  /** `''`: what follows is all of it. */
  readonly handle: string
  readonly suffix: string
}

const [BANG, PERCENT, LESS, GREATER] = [0x21, 0x25, 0x3c, 0x3e]
const WORD = /[\w-]*/y
const URI = /[\w\-;/?:@&=+$,.!~*'()[\]]*/y
const ESCAPE = /%([0-9a-fA-F]{2})/y

/** What `pattern` (sticky) finds at the cursor, which is behind it then. */
export function taken(cursor: YamlCursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at
  const [found = ''] = pattern.exec(cursor.text) ?? []
  cursor.at += found.length
  // What is behind it might be unreadable.
  cursor.code()
  return found
}

/** @throws YamlSyntaxError */
export function readTag(cursor: YamlCursor): Tag {
  const tag = cursor.code(1) === LESS ? verbatimTag(cursor) : shortTag(cursor)
  if (!cursor.is(BLANK_OR_END)) throw cursor.error('did not find expected whitespace or line break')
  return tag
}

function verbatimTag(cursor: YamlCursor): Tag {
  cursor.at += 2
  const suffix = readUri(cursor)
  if (cursor.code() !== GREATER) throw cursor.error("did not find the expected '>'")
  cursor.at++
  return { handle: '', suffix }
}

function shortTag(cursor: YamlCursor): Tag {
  const handle = readHandle(cursor)
  if (handle.length > 1 && handle.endsWith('!')) return { handle, suffix: readUri(cursor) }
  const suffix = readUri(cursor, handle)
  return suffix === '' ? { handle: '', suffix: '!' } : { handle: '!', suffix }
}

/** `!`, `!name!`, or what may be the beginning of a tag: `!name`. */
export function readHandle(cursor: YamlCursor): string {
  if (cursor.code() !== BANG) throw cursor.error("did not find expected '!'")
  cursor.at++
  const name = taken(cursor, WORD)
  if (cursor.code() !== BANG) return `!${name}`
  cursor.at++
  return `!${name}!`
}

/** `head`: what has been read of it as a handle. */
export function readUri(cursor: YamlCursor, head = ''): string {
  const start = cursor.at
  let uri = head.slice(1)
  for (;;) {
    uri += taken(cursor, URI)
    if (cursor.code() !== PERCENT) break
    uri += unescaped(cursor)
  }
  if (head === '' && cursor.at === start) throw cursor.error('did not find expected tag URI')
  return uri
}

/** Escapes that make up one character. */
function unescaped(cursor: YamlCursor): string {
  const bytes = [octetOf(cursor)]
  const [first = 0] = bytes
  const width = characterWidth(first)
  if (width === 0) throw cursor.error('found an incorrect leading UTF-8 octet')
  while (bytes.length < width) {
    const octet = octetOf(cursor)
    if (octet >> 6 !== 0b10) throw cursor.error('found an incorrect trailing UTF-8 octet')
    bytes.push(octet)
  }
  return new TextDecoder().decode(Uint8Array.from(bytes))
}

function octetOf(cursor: YamlCursor): number {
  const escape = taken(cursor, ESCAPE)
  if (escape === '') throw cursor.error('did not find URI escaped octet')
  return Number.parseInt(escape.slice(1), 16)
}
