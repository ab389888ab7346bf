/** All paths of a set of fields. */
import { eachPath, type FieldSet } from '../../../src/apimachinery/apply/field-set.ts'

export function pathsOf(set: FieldSet): string[][] {
  const paths: string[][] = []
  eachPath(set, (path) => {
    paths.push([...path])
    return true
  })
  return paths
}
