/**
 * Something that the person at the keyboard can put right. The message is one line that says what is wrong and what
 * to do; the command prints it without a stack trace and leaves with 1. Anything else that is thrown is a bug of
 * ours.
 */
export class OperatorError extends Error {
  override readonly name = 'OperatorError'
}

/** The code of a failed system call (`EACCES`, `ENOENT`, …), '' when the error is something else. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
