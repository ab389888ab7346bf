/**
 * How go-yaml writes a text: which style it takes, by what the text would be read as without quotes and by what is in
 * it (go.yaml.in/yaml/v2 encode.go, resolve.go; emitterc.go, analyze_scalar and select_scalar_style).
 */
import { resolvePlain } from './resolve.ts'

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal'

const BASE_60 = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/

/** Who writes: the second go-yaml values, or the third nodes without a style. */
export type Writer = 'values' | 'nodes'

const BOOLEAN = /^(?:true|True|TRUE|false|False|FALSE)$/

/** Whether a plain text of this would be read as something else, or was by YAML 1.1. */
function meansAnother(text: string, writer: Writer): boolean {
  const { tag } = resolvePlain(text)
  const isAnother = tag !== 'str' && tag !== 'merge'
  if (writer === 'nodes') return isAnother && (tag !== 'bool' || BOOLEAN.test(text))
  return isAnother || BASE_60.test(text)
}

const BREAK = /[\n\r\u0085\u2028\u2029]/
/** What go-yaml does not print as it is: control characters, tabs, and all that is beyond 16 bits. */
export const UNPRINTABLE = /[^\n\x20-\x7e\xa0-\ufefe\uff00-\ufffd]|[\ud800-\udfff]/

const INDICATOR_FIRST = /^[#,[\]{}&*!|>'"%@`]|^[?:-](?:[ \t]|$)|^---|^\.\.\./
const INDICATOR_WITHIN = /:(?:[ \t]|$)|[ \t\n\r\u0085\u2028\u2029\0]#/

export interface ScalarForm {
  readonly style: ScalarStyle
  /** It has line breaks, so it can be no simple key. */
  readonly isMultiline: boolean
}

/** `isSimpleKey`: it stands before its colon, on one line. */
export function formOf(text: string, isSimpleKey: boolean, writer: Writer = 'values'): ScalarForm {
  const isMultiline = BREAK.test(text)
  const allowed = allowedStyles(text, isMultiline, writer)
  let style: ScalarStyle = text.includes('\n') ? 'literal' : meansAnother(text, writer) ? 'double' : 'plain'
  if (isSimpleKey && isMultiline) style = 'double'
  if (style === 'plain' && !allowed.plain) style = 'single'
  if (style === 'single' && !allowed.single) style = 'double'
  if (style === 'literal' && (!allowed.literal || isSimpleKey)) style = 'double'
  return { style, isMultiline }
}

function allowedStyles(
  text: string,
  isMultiline: boolean,
  writer: Writer,
): Record<'plain' | 'single' | 'literal', boolean> {
  if (text === '') return { plain: true, single: true, literal: false }
  const hasTab = writer === 'nodes' && text.includes('\t')
  const isSpecial = UNPRINTABLE.test(hasTab ? text.replaceAll('\t', '') : text) || / [\n\r\u0085\u2028\u2029]/.test(text)
  const hasSpaceBehindBreak = /[\n\r\u0085\u2028\u2029] /.test(text)
  const isIndicated = INDICATOR_FIRST.test(text) || INDICATOR_WITHIN.test(text)
  return {
    plain: !isSpecial && !hasTab && !isMultiline && !isIndicated && !text.startsWith(' ') && !text.endsWith(' '),
    single: !isSpecial && !hasTab && !hasSpaceBehindBreak,
    literal: !isSpecial && !text.endsWith(' '),
  }
}
