/**
 * JSON that is no YAML to libyaml: a key whose colon is on another line, an escaped slash, a character escaped as two
 * halves, control characters beyond ASCII. Whatever reads a text as YAML upstream refuses it (go-yaml scannerc.go,
 * parserc.go, yaml.go's fail).
 */
import { CONTROL_FAULT, hasControl } from './yaml/reader.ts'
import { MAX_KEY_CHARACTERS } from './yaml/tokens.ts'

const SUSPECT = /\\(?:\/|u[dD][89a-fA-F])|"[ \t\r]*\n\s*:/
const TOKEN = /"(?:[^"\\]|\\.)*"|[:\n]/g
const ESCAPE = /\\(\/|u[dD][89a-fA-F]|.)/g

/** Why valid `json` is no YAML, in go-yaml's words; undefined: it is. */
export function yamlFaultOf(json: string): string | undefined {
  if (hasControl(json)) return `yaml: ${CONTROL_FAULT}`
  // Most texts have neither, which is told ten times as fast.
  if (!(json.includes('\\') || json.includes('\n')) || !SUSPECT.test(json)) return undefined
  let [line, lineOfText] = [0, 0]
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === '\n') line++
    else if (token !== ':') {
      lineOfText = line
      const why = escapeFaultOf(token)
      // The scanner counts lines from one, and says none where it is the first.
      if (why !== undefined) return `yaml: ${line === 0 ? '' : `line ${String(line + 1)}: `}${why}`
    } else if (lineOfText !== line) {
      // The parser counts them from nothing.
      return `yaml: line ${String(line)}: did not find expected ',' or '}'`
    }
  }
  return undefined
}

/** Every text, a key with its colon: so the search never begins within one. */
const TEXT_OR_KEY = /"(?:[^"\\]|\\.)*"[ \t]*:?/g

/** Whether JSON has a key that is too long for YAML. */
export function isTooLongInYaml(json: string): boolean {
  // Between colons is what is long, in most texts nowhere: that takes a twentieth of looking at keys.
  let isSuspect = false
  for (let last = 0, colon = json.indexOf(':'); colon >= 0 && !isSuspect; colon = json.indexOf(':', colon + 1)) {
    isSuspect = colon - last >= MAX_KEY_CHARACTERS
    last = colon
  }
  if (!isSuspect) return false
  for (const [text] of json.matchAll(TEXT_OR_KEY)) {
    if (text.endsWith(':') && text.length > MAX_KEY_CHARACTERS && [...text].length - 1 > MAX_KEY_CHARACTERS) return true
  }
  return false
}

function escapeFaultOf(text: string): string | undefined {
  for (const [, escaped = ''] of text.matchAll(ESCAPE)) {
    if (escaped === '/') return 'found unknown escape character'
    if (escaped.length > 1) return 'found invalid Unicode character escape code'
  }
  return undefined
}
