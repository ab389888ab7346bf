/**
 * The one cache of parsed definitions of an isolate (registry/kinds/definition-cache.ts): all objects of all clusters share
 * it, keyed by cluster.
 */
import { parseDefinition } from '../../apis/custom/custom-definition.ts'
import { compileSchema } from '../../apis/custom/custom-schema.ts'
import { SharedDefinitions } from '../../registry/kinds/definition-cache.ts'

export function createSharedDefinitions(): SharedDefinitions {
  return new SharedDefinitions((text) => parseDefinition(text, compileSchema))
}

export const sharedDefinitions = createSharedDefinitions()
