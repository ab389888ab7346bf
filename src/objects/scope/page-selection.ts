/** The selectors of a page that the sequencer asks for, as the store's predicate. */
import { parseFieldSelector, parseLabelSelector } from '../../apimachinery/selectors.ts'
import { predicate } from '../../apiserver/reading/list-options.ts'
import type { PageRequest } from '../../registry/sequence/store-side-driver.ts'
import type { ListQuery } from '../../store/object-store.ts'

export function pageSelection({ labelSelector, fieldSelector }: PageRequest, namespace: string): ListQuery['matches'] {
  const matches = predicate(parseLabelSelector(labelSelector), parseFieldSelector(fieldSelector))
  return matches === undefined ? undefined : (selectable, name) => matches(selectable, name, () => namespace)
}
