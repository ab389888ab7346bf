/** The API machinery beyond small objects: large writes, lists of custom resources, documents, many definitions. */
import type { Server } from '../server.ts'
import type { CustomListRow } from './custom-lists.ts'
import { measureCustomLists } from './custom-lists.ts'
import type { DefinitionFigures } from './definitions.ts'
import { measureDefinitions } from './definitions.ts'
import type { DocumentRow } from './documents.ts'
import { measureDocuments } from './documents.ts'
import type { LargeWriteRow } from './large-writes.ts'
import { measureLargeWrites } from './large-writes.ts'

export interface Machinery {
  readonly writes: readonly LargeWriteRow[]
  readonly documents: readonly DocumentRow[]
  readonly lists: readonly CustomListRow[]
  readonly definitions: DefinitionFigures
}

/** The last two have servers of their own. */
export async function measureMachinery(server: Server, floor: Server, run: string): Promise<Machinery> {
  const documents = await measureDocuments(server, floor)
  const writes = await measureLargeWrites(server, run)
  const lists = await measureCustomLists()
  return { documents, writes, lists, definitions: await measureDefinitions() }
}
