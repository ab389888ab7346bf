/**
 * The one cache of parsed definitions of an isolate (registry/definition-cache.ts): all objects of all clusters share
 * it, keyed by cluster.
 */
import { parseDefinition } from '../../apis/custom/custom-definition.ts'
import { schemaCompiler } from '../../apis/custom/custom-schema.ts'
import { matchesPattern } from '../../cel/regex/pattern.ts'
import { SharedDefinitions } from '../../registry/definition-cache.ts'

export function createSharedDefinitions(): SharedDefinitions {
  const compile = schemaCompiler(compilePattern)
  return new SharedDefinitions((text) => parseDefinition(text, compile))
}

export const sharedDefinitions = createSharedDefinitions()

/** In linear time, whatever the pattern: definitions are not trusted. */
function compilePattern(pattern: string): (text: string) => boolean {
  return (text) => matchesPattern(pattern, text)
}
