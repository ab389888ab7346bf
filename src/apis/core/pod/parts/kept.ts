/** What the endpoints that change a part of a pod say of the pod as a whole. */

/** The field of errors about the pod as a whole: Go prints a path without a name like an index of nothing. */
export const NO_FIELD = '[]'
