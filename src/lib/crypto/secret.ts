/**
 * Whether somebody knows a secret, in a time that depends on what they say and on nothing of the secret: whoever may
 * try often and measure would else learn it letter by letter.
 */
export function isSameSecret(given: string, secret: string): boolean {
  // An empty one is none, and known to nobody.
  let difference = secret === '' ? 1 : given.length ^ secret.length
  for (let index = 0; index < given.length; index++) {
    // Beyond its end this is NaN, which counts as 0: the lengths have told already.
    difference |= given.charCodeAt(index) ^ secret.charCodeAt(index)
  }
  return difference === 0
}
