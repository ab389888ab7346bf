/**
 * Definitions in the shape of those that people really install: routes with rules in CEL, defaults inside of defaults
 * and bounded lists, and certificates with conditions, wide columns and selectable fields.
 */
import type { Story } from '../../support/kubectl/kubectl-story.ts'
import { tell } from '../../support/kubectl/kubectl-story.ts'

const text = (more: object = {}): object => ({ type: 'string', ...more })
const object = (properties: object, more: object = {}): object => ({ type: 'object', properties, ...more })
const list = (items: object, more: object = {}): object => ({ type: 'array', items, maxItems: 16, ...more })
const rules = (...given: readonly (readonly [rule: string, message: string])[]): object => ({
  'x-kubernetes-validations': given.map(([rule, message]) => ({ rule, message })),
})

const definition = (plural: string, kind: string, shortName: string, version: object): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.edge.example.com` },
  spec: {
    group: 'edge.example.com',
    scope: 'Namespaced',
    names: { plural, kind, shortNames: [shortName], categories: ['edge'] },
    versions: [{ name: 'v1', served: true, storage: true, subresources: { status: {} }, ...version }],
  },
})

const root = { type: 'PathPrefix', value: '/' }
const path = object(
  { type: text({ default: root.type, enum: ['Exact', 'PathPrefix'] }), value: text({ default: '/', maxLength: 99 }) },
  { default: root, ...rules(["self.value.startsWith('/')", 'must be an absolute path']) },
)
const backend = object(
  { name: text({ maxLength: 253 }), kind: text({ default: 'Service', maxLength: 63 }), port: { type: 'integer' } },
  { required: ['name'], ...rules(["self.kind == 'Service' ? has(self.port) : true", 'a Service needs a port']) },
)
const rule = object({
  name: text({ maxLength: 253 }),
  matches: list(object({ path }), { default: [{ path: root }] }),
  backendRefs: list(backend),
})
const UNIQUE = 'self.all(l, !has(l.name) || self.exists_one(o, has(o.name) && l.name == o.name))'
const ROUTES = definition('routes', 'Route', 'rt', {
  schema: {
    openAPIV3Schema: object({
      spec: object({
        hostnames: list(text({ pattern: '^[a-z.]+$', maxLength: 253 })),
        rules: list(rule, rules([UNIQUE, 'rules must have names of their own'])),
      }),
    }),
  },
  additionalPrinterColumns: [{ name: 'Hostnames', type: 'string', jsonPath: '.spec.hostnames' }],
})

const condition = object({ type: text(), status: text(), message: text() }, { required: ['type'] })
const ready = (field: string): string => `.status.conditions[?(@.type == "Ready")].${field}`
const CERTIFICATES = definition('certificates', 'Certificate', 'crt', {
  schema: {
    openAPIV3Schema: object({
      spec: object(
        { secretName: text(), issuerRef: object({ name: text() }, { required: ['name'] }) },
        { required: ['secretName', 'issuerRef'] },
      ),
      status: object({
        conditions: list(condition, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] }),
      }),
    }),
  },
  selectableFields: [{ jsonPath: '.spec.issuerRef.name' }],
  additionalPrinterColumns: [
    { name: 'Ready', type: 'string', jsonPath: ready('status') },
    { name: 'Secret', type: 'string', jsonPath: '.spec.secretName' },
    { name: 'Issuer', type: 'string', jsonPath: '.spec.issuerRef.name', priority: 1 },
  ],
})

const edge = (kind: string, name: string, spec: object): object => ({
  apiVersion: 'edge.example.com/v1',
  kind,
  metadata: { name },
  spec,
})

const STORY: Story = {
  title: 'routes and certificates',
  files: {
    'definitions.json': { apiVersion: 'v1', kind: 'List', items: [ROUTES, CERTIFICATES] },
    'objects.json': {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        edge('Route', 'web', {
          hostnames: ['www.example.com'],
          rules: [{ name: 'all', backendRefs: [{ name: 'web', port: 80 }] }],
        }),
        edge('Certificate', 'web', { secretName: 'web-tls', issuerRef: { name: 'le' } }),
      ],
    },
    'bad.json': edge('Route', 'bad', {
      rules: [
        { name: 'all', matches: [{ path: { value: 'a' } }], backendRefs: [{ name: 'web' }] },
        { name: 'all' },
      ],
    }),
  },
  lines: [
    {
      run: 'create -f definitions.json',
      prints: /routes\.edge\.example\.com created\n[^]*certificates\.edge\.example\.com created/,
    },
    {
      run: 'wait --for=condition=Established crd/routes.edge.example.com crd/certificates.edge.example.com',
      prints: /routes[^]*condition met\n[^]*certificates[^]*condition met/,
    },
    {
      run: 'create -f objects.json',
      prints: ['route.edge.example.com/web created', 'certificate.edge.example.com/web created'],
    },
    { run: "get rt web -o jsonpath='{.spec.rules[0].matches[0].path.type}'", prints: 'PathPrefix' },
    { run: 'create -f bad.json', fails: /(?=[^]*must be an absolute path)(?=[^]*a Service needs a port)/ },
    { run: 'create -f bad.json', fails: /spec\.rules: Invalid value: [^]*rules must have names of their own/ },
    { run: 'get rt', prints: ['NAME   HOSTNAMES', 'web    ["www.example.com"]'] },
    { run: 'get crt -o wide', prints: ['NAME   READY   SECRET    ISSUER', 'web            web-tls   le'] },
    { run: 'get crt --field-selector spec.issuerRef.name=le -o name', prints: ['certificate.edge.example.com/web'] },
    { run: 'get crt --field-selector spec.secretName=x', fails: /field label not supported: spec\.secretName/ },
    { run: "patch rt web --type=merge -p '{\"spec\":{\"hostnames\":[\"A\"]}}'", fails: /should match '\^\[a-z\./ },
    { run: 'delete crt web', prints: /^certificate\.edge\.example\.com "web" deleted/ },
    {
      run: 'delete crd routes.edge.example.com certificates.edge.example.com',
      prints: /"routes\.edge\.example\.com" deleted[^]*"certificates\.edge\.example\.com" deleted/,
      warns: /^(?:[Ww]arning: deleting cluster-scoped resources, .*\n)?$/,
    },
  ],
}

tell('real', [STORY])
