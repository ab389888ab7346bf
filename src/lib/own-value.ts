/**
 * Look-ups by names that come from users: `constructor` is a fine name of a label, a pod or a key, and every object
 * inherits something of that name.
 */

/** What the record itself has under the name, whatever it inherits. */
export function ownValue<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}
