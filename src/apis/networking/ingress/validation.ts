/**
 * Validation of Ingress objects: hosts, paths and what is behind them.
 * Upstream: kubernetes/kubernetes pkg/apis/networking/validation/validation.go, ValidateIngressCreate,
 * ValidateIngressSpec, ValidateIngressUpdate, ValidateIngressLoadBalancerStatus.
 */
import {
  childPath, indexPath, invalid, notSupported, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { ipFamilyOf, validateIp } from '../../../apimachinery/ip-validation.ts'
import {
  isDns1123Subdomain, isValidPortName, isValidPortNumber, isWildcardDns1123Subdomain,
} from '../../../apimachinery/names.ts'
import { givenEmpty } from '../../../apimachinery/schema/given-empty.ts'
import type {
  V1HTTPIngressPath, V1Ingress, V1IngressBackend, V1IngressRule, V1IngressTLS,
} from '../../generated/types.ts'
import {
  dnsLabel, dnsSubdomain, invalidFor, itemsOf, orUnset, requiredAnd, unlessEmpty,
} from '../../validation/rules.ts'
import { validateTypedReference } from '../reference.ts'

export const CLASS_ANNOTATION = 'kubernetes.io/ingress.class'
const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix']
const REFUSED_IN_PATH = ['//', '/./', '/../', '%2f', '%2F']
const REFUSED_ENDS = ['/..', '/.']
const NOT_AN_ADDRESS = 'must be a DNS name, not an IP address'

/** What was stored before it was refused may stay. */
interface Leniency {
  readonly allowsSecretNames?: boolean
  readonly allowsWildcardRules?: boolean
}

function validatePort({ service }: V1IngressBackend, at: string): FieldError[] {
  const { name = '', number = 0 } = service?.port ?? {}
  const portAt = childPath(at, 'service', 'port')
  if (name !== '' && number !== 0) return [invalid(at, '', 'cannot set both port name & port number')]
  if (name !== '') return invalidFor(childPath(portAt, 'name'), name, isValidPortName(name))
  if (number !== 0) return invalidFor(childPath(portAt, 'number'), number, isValidPortNumber(number))
  return [required(at, 'port name or number is required')]
}

function validateBackend(backend: V1IngressBackend, at: string): FieldError[] {
  const { resource, service } = backend
  if (resource !== undefined && service !== undefined) {
    return [invalid(at, '', 'cannot set both resource and service backends')]
  }
  if (resource !== undefined) return validateTypedReference(resource, childPath(at, 'resource'))
  if (service === undefined) return [invalid(at, '', 'resource or service backend is required')]
  return [...requiredAnd(childPath(at, 'service', 'name'), service.name, dnsLabel), ...validatePort(backend, at)]
}

function validatePath({ path = '', backend, ...of }: Partial<V1HTTPIngressPath>, at: string): FieldError[] {
  const pathType = orUnset(of.pathType)
  const pathAt = childPath(at, 'path')
  if (pathType === undefined) return [required(childPath(at, 'pathType'), 'pathType must be specified')]
  const errors: FieldError[] = []
  const isExact = pathType === 'Exact' || pathType === 'Prefix'
  if (!PATH_TYPES.includes(pathType)) errors.push(notSupported(childPath(at, 'pathType'), pathType, PATH_TYPES))
  else if (!path.startsWith('/') && (isExact || path !== '')) {
    errors.push(invalid(pathAt, path, 'must be an absolute path'))
  }
  if (isExact) {
    const [contained, ends] = [
      REFUSED_IN_PATH.filter((part) => path.includes(part)),
      REFUSED_ENDS.filter((end) => path.endsWith(end)),
    ]
    errors.push(...contained.map((part) => invalid(pathAt, path, `must not contain '${part}'`)))
    errors.push(...ends.map((end) => invalid(pathAt, path, `cannot end with '${end}'`)))
  }
  return [...errors, ...validateBackend(backend ?? {}, childPath(at, 'backend'))]
}

function validatePaths({ http }: V1IngressRule, at: string): FieldError[] {
  if (http === undefined) return []
  const pathsAt = childPath(at, 'http', 'paths')
  const paths = itemsOf(http.paths)
  if (paths.length === 0) return [required(pathsAt)]
  return paths.flatMap((path, index) => validatePath(path, indexPath(pathsAt, index)))
}

function validateHost(host: string, at: string): FieldError[] {
  const check = host.includes('*') ? isWildcardDns1123Subdomain : isDns1123Subdomain
  return invalidFor(at, host, check(host))
}

function validateRule(rule: V1IngressRule, leniency: Leniency, at: string): FieldError[] {
  const { host = '' } = rule
  const hostAt = childPath(at, 'host')
  const errors = host === '' ? [] : validateHost(host, hostAt)
  if (ipFamilyOf(host) !== undefined) errors.unshift(invalid(hostAt, host, NOT_AN_ADDRESS))
  const isLetThrough = host.includes('*') && leniency.allowsWildcardRules === true
  return isLetThrough ? errors : [...errors, ...validatePaths(rule, at)]
}

function validateTls({ hosts = [], secretName }: V1IngressTLS, leniency: Leniency, at: string): FieldError[] {
  const isLetThrough = leniency.allowsSecretNames === true
  return [
    ...hosts.flatMap((host, index) => validateHost(host, indexPath(childPath(at, 'hosts'), index))),
    ...(isLetThrough ? [] : unlessEmpty(childPath(at, 'secretName'), secretName, dnsSubdomain)),
  ]
}

function validateSpec({ spec: given }: V1Ingress, leniency: Leniency): FieldError[] {
  const { rules = [], tls = [], defaultBackend, ingressClassName } = given ?? {}
  const errors: FieldError[] = []
  if (rules.length === 0 && defaultBackend === undefined) {
    errors.push(invalid('spec', givenEmpty(given, 'rules'), 'either `defaultBackend` or `rules` must be specified'))
  }
  if (defaultBackend !== undefined) errors.push(...validateBackend(defaultBackend, 'spec.defaultBackend'))
  return [
    ...errors,
    ...rules.flatMap((rule, index) => validateRule(rule, leniency, indexPath('spec.rules', index))),
    ...tls.flatMap((one, index) => validateTls(one, leniency, indexPath('spec.tls', index))),
    ...(ingressClassName === undefined ? [] : dnsSubdomain('spec.ingressClassName', ingressClassName)),
  ]
}

export function validateIngress(ingress: V1Ingress): FieldError[] {
  const errors = validateSpec(ingress, {})
  const ofAnnotation = ingress.metadata.annotations?.[CLASS_ANNOTATION]
  const className = ingress.spec?.ingressClassName
  if (ofAnnotation === undefined || className === undefined || ofAnnotation === className) return errors
  const why = 'must match `ingressClassName` when both are specified'
  return [...errors, invalid(`annotations.${CLASS_ANNOTATION}`, ofAnnotation, why)]
}

export function validateIngressUpdate(next: V1Ingress, previous: V1Ingress): FieldError[] {
  const { rules = [], tls = [] } = previous.spec ?? {}
  return validateSpec(next, {
    allowsSecretNames: tls.some(({ secretName }) => unlessEmpty('', secretName, dnsSubdomain).length > 0),
    allowsWildcardRules: rules.some((rule) => rule.host?.includes('*') === true && validatePaths(rule, '').length > 0),
  })
}

export function validateIngressStatusUpdate({ status }: V1Ingress, previous: V1Ingress): FieldError[] {
  const at = 'status.loadBalancer.ingress'
  const addressesOf = (of: V1Ingress['status']) => of?.loadBalancer?.ingress ?? []
  const kept = new Set(addressesOf(previous.status).map(({ ip = '' }) => ip))
  return addressesOf(status).flatMap(({ ip = '', hostname = '' }, index) => {
    const hostAt = childPath(indexPath(at, index), 'hostname')
    return [
      ...(ip === '' ? [] : validateIp(childPath(indexPath(at, index), 'ip'), ip, kept)),
      ...unlessEmpty(hostAt, hostname, dnsSubdomain),
      ...(ipFamilyOf(hostname) === undefined ? [] : [invalid(hostAt, hostname, NOT_AN_ADDRESS)]),
    ]
  })
}
