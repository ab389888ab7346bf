/**
 * How others learn to verify our ServiceAccount tokens (upstream: pkg/serviceaccount/openidmetadata.go). Pure
 * documents.
 */
import type { JWK } from 'jose'
import type { ServiceAccountKeys } from './service-account-keys.ts'
import { TOKEN_ALGORITHM } from './service-account-keys.ts'

export const OPENID_CONFIGURATION_PATH = '/.well-known/openid-configuration'
export const JWKS_PATH = '/openid/v1/jwks'

/** Cache-Control max-age of both documents. */
export const DISCOVERY_MAX_AGE_SECONDS = 3_600

/**
 * The issuer of a logical cluster's tokens: a token of one cluster says nothing in another one, though one key signs
 * for all. `address` is the deployment's, without a slash at the end.
 */
export function issuerOfCluster(address: string, cluster: string): string {
  return cluster === 'default' ? address : `${address}/clusters/${cluster}`
}

export interface OpenIdConfiguration {
  readonly issuer: string
  readonly jwks_uri: string
  readonly response_types_supported: readonly string[]
  readonly subject_types_supported: readonly string[]
  readonly id_token_signing_alg_values_supported: readonly string[]
}

/** `address` is where the documents are served, if that is not the issuer itself. */
export function openIdConfiguration(issuer: string, address = issuer): OpenIdConfiguration {
  return {
    issuer,
    jwks_uri: `${address}${JWKS_PATH}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [TOKEN_ALGORITHM],
  }
}

export function jwksDocument({ published }: ServiceAccountKeys): { readonly keys: readonly JWK[] } {
  return { keys: published }
}
