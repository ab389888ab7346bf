/**
 * PEM as Go's encoding/pem reads it: what is between the blocks is free text, and blocks that are broken are not there.
 * One pass, because it may be long and is sent by anybody.
 */
export interface PemBlock {
  readonly type: string
  readonly hasHeaders: boolean
  readonly bytes: Uint8Array
}

const BEGIN = /^-----BEGIN (.*)-----$/
const END = '-----END '
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

export function pemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = []
  let type: string | undefined
  let body: string[] = []
  for (const line of text.split('\n').map((raw) => raw.trimEnd())) {
    if (type === undefined) {
      type = BEGIN.exec(line)?.[1]
      body = []
    } else if (line.startsWith(END)) {
      const block = line === `${END}${type}-----` ? blockOf(type, body) : undefined
      if (block !== undefined) blocks.push(block)
      type = undefined
    } else {
      body.push(line)
    }
  }
  return blocks
}

function blockOf(type: string, lines: readonly string[]): PemBlock | undefined {
  const first = lines.findIndex((line) => !line.includes(':'))
  const text = lines.slice(first === -1 ? lines.length : first).join('').replaceAll(/[ \t]/g, '')
  if (text.length % 4 !== 0 || !BASE64.test(text)) return undefined
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  return { type, hasHeaders: first !== 0 && lines.length > 0, bytes }
}
