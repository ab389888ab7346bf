/** Directives of YAML as go-yaml v2 scans them (scannerc.go, after libyaml): one line each. */

export type Directive =
  | { readonly name: 'YAML'; readonly version: string }
  | { readonly name: 'TAG'; readonly handle: string }

const NAME = /^%([\w-]*)/
const NUMBER = /^\d*/
const MAX_DIGITS = 9
const HANDLE = /^![\w-]*!?/
const PREFIX = /^[\w-]*[-;/?:@&=+$.%!~*'()[\],\w]*/
const REST = /^[ \t]*(?:#.*)?$/

/** What `line`, without its break, says; a text: what is wrong with it. */
export function readDirective(line: string): Directive | string {
  const name = NAME.exec(line)?.[1] ?? ''
  if (name === '') return 'could not find expected directive name'
  const said = line.slice(name.length + 1)
  if (said !== '' && !/^[ \t]/.test(said)) return 'found unexpected non-alphabetical character'
  const value = said.replace(/^[ \t]+/, '')
  if (name === 'YAML') return versionOf(value)
  return name === 'TAG' ? tagOf(value) : 'found unknown directive name'
}

function versionOf(value: string): Directive | string {
  const [major = ''] = NUMBER.exec(value) ?? []
  const fault = numberFault(major)
  if (fault !== undefined) return fault
  if (value[major.length] !== '.') return "did not find expected digit or '.' character"
  const [minor = ''] = NUMBER.exec(value.slice(major.length + 1)) ?? []
  const version = `${major}.${minor}`
  return numberFault(minor) ?? restFault(value.slice(version.length)) ?? { name: 'YAML', version }
}

function numberFault(digits: string): string | undefined {
  if (digits === '') return 'did not find expected version number'
  return digits.length > MAX_DIGITS ? 'found extremely long version number' : undefined
}

function tagOf(value: string): Directive | string {
  const [handle = ''] = HANDLE.exec(value) ?? []
  if (handle !== '!' && !/^!.*!$/.test(handle)) return "did not find expected '!'"
  const said = value.slice(handle.length)
  if (!/^[ \t]/.test(said)) return 'did not find expected whitespace'
  const uri = said.replace(/^[ \t]+/, '')
  const [prefix = ''] = PREFIX.exec(uri) ?? []
  if (prefix === '') return 'did not find expected tag URI'
  const rest = uri.slice(prefix.length)
  if (rest !== '' && !/^[ \t]/.test(rest)) return 'did not find expected whitespace or line break'
  return restFault(rest) ?? { name: 'TAG', handle }
}

function restFault(rest: string): string | undefined {
  return REST.test(rest) ? undefined : 'did not find expected comment or line break'
}
