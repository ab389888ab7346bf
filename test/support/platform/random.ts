/**
 * fast-check as tests get it: beginning at one seed, so that the same commit always gives the same answer, on a laptop
 * and in continuous integration. Whoever looks for more asks for another, and for more runs where a test takes their
 * number:
 *
 *   FUZZ_SEED=7 npm test -- test/apimachinery         one seed
 *   FUZZ_SEED=any FUZZ_RUNS=10000 npm test -- test/apiserver/wire/random-requests.test.ts
 *                                                     a new one each time; what fails prints its own
 */
import fc from 'fast-check'

const asked = process.env['FUZZ_SEED'] ?? '1'

if (asked !== 'any') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(asked) })

export * from 'fast-check'
export default fc
