/** Directives of YAML as go-yaml scans them (scannerc.go, scan_directive): one line each. */
import { BLANK, BLANK_OR_END, BREAK, BREAK_OR_END, type YamlCursor } from './cursor.ts'
import { readHandle, readUri, taken } from './tags.ts'

export type Directive =
  | { readonly name: 'YAML'; readonly version: string }
  | { readonly name: 'TAG'; readonly handle: string; readonly prefix: string }

const NAME = /[\w-]*/y
const DIGITS = /\d*/y
const MAX_DIGITS = 2
const [DOT, HASH] = [0x2e, 0x23]

/** The one that begins at the cursor, which is in the next line then. @throws YamlSyntaxError */
export function readDirective(cursor: YamlCursor): Directive {
  cursor.at++
  const name = taken(cursor, NAME)
  if (name === '') throw cursor.error('could not find expected directive name')
  if (!cursor.is(BLANK_OR_END)) throw cursor.error('found unexpected non-alphabetical character')
  if (name !== 'YAML' && name !== 'TAG') throw cursor.error('found unknown directive name')
  cursor.skipBlanks()
  const directive = name === 'YAML' ? readVersion(cursor) : readTagDirective(cursor)
  cursor.skipBlanks()
  if (cursor.code() === HASH) cursor.skipToBreak()
  if (!cursor.is(BREAK_OR_END)) throw cursor.error('did not find expected comment or line break')
  if (cursor.is(BREAK)) cursor.break()
  return directive
}

function readVersion(cursor: YamlCursor): Directive {
  const major = readNumber(cursor)
  if (cursor.code() !== DOT) throw cursor.error("did not find expected digit or '.' character")
  cursor.at++
  return { name: 'YAML', version: `${String(major)}.${String(readNumber(cursor))}` }
}

function readNumber(cursor: YamlCursor): number {
  const digits = taken(cursor, DIGITS)
  if (digits.length > MAX_DIGITS) throw cursor.error('found extremely long version number')
  if (digits === '') throw cursor.error('did not find expected version number')
  return Number(digits)
}

function readTagDirective(cursor: YamlCursor): Directive {
  const handle = readHandle(cursor)
  if (handle !== '!' && !handle.endsWith('!')) throw cursor.error("did not find expected '!'")
  if (!cursor.is(BLANK)) throw cursor.error('did not find expected whitespace')
  cursor.skipBlanks()
  const prefix = readUri(cursor)
  if (!cursor.is(BLANK_OR_END)) throw cursor.error('did not find expected whitespace or line break')
  return { name: 'TAG', handle, prefix }
}
