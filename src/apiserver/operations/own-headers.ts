/**
 * Headers that our Workers and objects tell each other things by all begin alike. Whoever lets requests or answers of
 * others in takes away what begins so: it would be believed.
 */
export const OWN_HEADER_PREFIX = 'x-workernetes-'

export function ownHeaderNames(headers: Headers): string[] {
  return Array.from(headers.keys()).filter((name) => name.startsWith(OWN_HEADER_PREFIX))
}
