/**
 * Answers about resources that are converted by webhook: tried until everything that they need has been converted.
 * Lists and watches convert a page at a time; everything else begins anew once an object is there in the other version,
 * which is safe, because what a turn needs is asked for before it writes.
 */
import type { AnyObject } from '../../apimachinery/meta.ts'
import { unclassifiedError } from '../../apimachinery/status-error.ts'
import { ConversionNeeded } from '../../apis/custom/conversion.ts'
import type { KindDefinition, StoredText } from '../../apis/define-kind.ts'
import { WRITTEN_UNDER_FIELD } from '../../apis/custom/definition-state.ts'
import { printObject, readStored, storedText } from '../../registry/object-text.ts'
import type { Converting } from './convert.ts'
import { convert } from './convert.ts'

/**
 * A request needs a few: the stored object, the written one and what is stored of it, two in each version in which
 * somebody owns fields, and all of them again when the object changes meanwhile.
 */
const MAX_CONVERSIONS = 40

/** Runs `work` with the kind for one request, again as often as it needs something converted. */
export async function withConversions<T>(
  host: Converting,
  definition: KindDefinition,
  work: (kind: KindDefinition) => T | Promise<T>,
): Promise<T> {
  const kind = definition.custom?.forRequest?.()
  if (kind === undefined) return work(definition)
  for (let count = 0; count < MAX_CONVERSIONS; count++) {
    try {
      return await work(kind)
    } catch (error) {
      if (!(error instanceof ConversionNeeded)) throw error
      await convert(host, error)
    }
  }
  throw unclassifiedError('the object changed too often while it was being converted, please try again')
}

/** Texts as a list has them. */
interface Listed {
  readonly text: string
}

/** The objects of a page as `definition` shows them: those of another version converted in one call. */
export async function convertedPage<T extends Listed>(
  host: Converting,
  definition: KindDefinition,
  page: readonly T[],
): Promise<readonly (T & StoredText)[]> {
  const kind = definition.custom?.forRequest?.()
  const custom = kind?.custom
  if (kind === undefined || custom === undefined) return page
  const needed: ConversionNeeded[] = []
  const read = (stored: Listed): AnyObject | undefined => {
    try {
      return readStored(kind, storedText(stored))
    } catch (error) {
      if (!(error instanceof ConversionNeeded)) throw error
      needed.push(error)
      return undefined
    }
  }
  page.forEach(read)
  const [first] = needed
  if (first !== undefined) {
    const objects = needed.flatMap((one) => one.objects)
    await convert(host, new ConversionNeeded(first.conversion, objects, first.target))
  }
  const fields = { [WRITTEN_UNDER_FIELD]: String(custom.generation) }
  return page.map((stored) => ({ ...stored, fields, text: printObject(kind, readStored(kind, storedText(stored))) }))
}
