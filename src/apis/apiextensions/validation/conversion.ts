/**
 * How versions are converted: by nothing, or by a webhook that can be called. Upstream: k8s.io/apiextensions-apiserver
 * pkg/apis/apiextensions/validation/validation.go, validateCustomResourceConversion.
 */
import {
  childPath, forbidden, invalid, notSupportedText, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { validateReviewVersions, validateWebhookTarget } from '../../validation/webhook-client.ts'
import type { InternalConversion } from '../internal-spec.ts'
import { certificateProblem } from './ca-bundle.ts'

const STRATEGIES = ['None', 'Webhook']

export interface ConversionOptions {
  readonly requiresKnownReviewVersion: boolean
  readonly allowsInvalidCaBundle: boolean
}

export function validateConversion(
  conversion: InternalConversion,
  field: string,
  options: ConversionOptions,
): FieldError[] {
  const at = (name: string): string => childPath(field, name)
  const { strategy, webhookClientConfig: config, conversionReviewVersions: versions } = conversion
  const errors: FieldError[] = []
  if (strategy === '') errors.push(required(at('strategy')))
  else if (!STRATEGIES.includes(strategy)) errors.push(notSupportedText(at('strategy'), strategy, STRATEGIES))
  if (strategy !== 'Webhook') {
    const why = 'should not be set when strategy is not set to Webhook'
    if (config !== undefined) errors.push(forbidden(at('webhookClientConfig'), why))
    if (versions.length > 0) errors.push(forbidden(at('conversionReviewVersions'), why))
    return errors
  }
  return [
    ...errors,
    ...validateClientConfig(config, at('webhookClientConfig'), options),
    ...validateReviewVersions(versions, at('conversionReviewVersions'), options.requiresKnownReviewVersion),
  ]
}

function validateClientConfig(
  config: InternalConversion['webhookClientConfig'],
  field: string,
  { allowsInvalidCaBundle }: ConversionOptions,
): FieldError[] {
  if (config === undefined) return [required(field, 'required when strategy is set to Webhook')]
  const { url, service, caBundle = '' } = config
  const errors = validateWebhookTarget({ url, service }, field)
  const problem = caBundle === '' || allowsInvalidCaBundle ? undefined : certificateProblem(caBundle)
  if (problem !== undefined) errors.push(invalid(childPath(field, 'caBundle'), caBundle, problem))
  return errors
}
