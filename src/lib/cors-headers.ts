/** By which a server tells browsers whose pages may use it: of a server behind ours, nobody is told. */
export const CORS_HEADERS: readonly string[] = [
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'access-control-max-age',
]
