/** Custom resources as people meet them: a definition is made, its resources are applied, shown, explained and scaled. */
import type { Story } from '../../support/kubectl/kubectl-story.ts'
import { tell } from '../../support/kubectl/kubectl-story.ts'

/** In the manner of a certificate operator: conditions, columns, required fields, enums and defaults. */
const certificates = (domain: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `seals.${domain}` },
  spec: {
    group: domain,
    scope: 'Namespaced',
    names: { plural: 'seals', singular: 'seal', kind: 'Seal', shortNames: ['sl'], categories: ['sealing'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.copies', statusReplicasPath: '.status.copies' },
        },
        additionalPrinterColumns: [
          { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
          { name: 'Copies', type: 'integer', jsonPath: '.spec.copies' },
          { name: 'Issuer', type: 'string', jsonPath: '.spec.issuer.name', priority: 1 },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
        schema: {
          openAPIV3Schema: {
            description: 'A seal that is kept fresh.',
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                description: 'What is wanted.',
                type: 'object',
                required: ['issuer'],
                properties: {
                  copies: { description: 'How many of it.', type: 'integer', default: 1, minimum: 0 },
                  strength: { type: 'string', enum: ['weak', 'strong'], default: 'strong' },
                  issuer: {
                    description: 'Who makes it.',
                    type: 'object',
                    required: ['name'],
                    properties: { name: { description: 'Its name.', type: 'string' } },
                  },
                },
              },
              status: {
                type: 'object',
                properties: {
                  copies: { type: 'integer' },
                  conditions: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['type'],
                    items: {
                      type: 'object',
                      required: ['type', 'status'],
                      properties: { type: { type: 'string' }, status: { type: 'string' } },
                    },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
})

const seal = (name: string, spec: object) => ({
  apiVersion: 'sealing.example.com/v1',
  kind: 'Seal',
  metadata: { name },
  spec,
})

const STORY: Story = {
  title: 'a definition and its resources',
  files: {
    'crd.json': certificates('sealing.example.com'),
    'seals.json': {
      apiVersion: 'v1',
      kind: 'List',
      items: [seal('one', { issuer: { name: 'ca' } }), seal('two', { copies: 3, issuer: { name: 'ca' } })],
    },
    'wrong.json': seal('three', { issuer: {}, strength: 'middling' }),
    'mistyped.json': seal('three', { isuer: { name: 'ca' }, issuer: { name: 'ca' } }),
  },
  lines: [
    { run: 'create -f crd.json', prints: ['customresourcedefinition.apiextensions.k8s.io/seals.sealing.example.com created'] },
    {
      run: 'wait --for=condition=Established crd/seals.sealing.example.com --timeout=30s',
      prints: ['customresourcedefinition.apiextensions.k8s.io/seals.sealing.example.com condition met'],
    },
    {
      run: 'get crd seals.sealing.example.com',
      prints: ['NAME                        CREATED AT', 'seals.sealing.example.com   <time>'],
    },
    {
      run: 'apply -f seals.json',
      prints: ['seal.sealing.example.com/one created', 'seal.sealing.example.com/two created'],
    },
    {
      run: 'get seals',
      prints: ['NAME   READY   COPIES   AGE', 'one            1        <age>', 'two            3        <age>'],
    },
    {
      run: 'get sealing -A -o wide',
      prints: [
        'NAMESPACE   NAME   READY   COPIES   ISSUER   AGE',
        '$ns         one    <words>1        ca       <age>',
        '$ns         two    <words>3        ca       <age>',
      ],
    },
    { run: "get seal one -o jsonpath='{.spec.strength}'", prints: 'strong' },
    {
      run: 'explain seal.spec.issuer',
      prints: /Who makes it\.[^]*name\s+<string> -required-\n\s+Its name\./,
    },
    { run: 'explain seal.metadata', prints: /DESCRIPTION:\n +Standard object's metadata\. More info:/ },
    { run: 'explain seal --recursive', prints: /spec\s+<Object>[^]*copies\s+<integer>[^]*conditions\s+<\[\]Object>/ },
    {
      run: 'apply -f wrong.json',
      fails: /spec\.issuer\.name[^]*Required value|missing required field "name" in [^]*Seal/,
    },
    { run: 'apply -f mistyped.json', fails: /unknown field "spec\.isuer"|unknown field "isuer" in [^]*Seal/ },
    { run: "patch seal one --type=merge -p '{\"spec\":{\"copies\":2}}'", prints: ['seal.sealing.example.com/one patched'] },
    { run: 'scale seal one --replicas=5', prints: ['seal.sealing.example.com/one scaled'] },
    { run: "get seal one -o jsonpath='{.spec.copies} {.metadata.generation}'", prints: '5 3' },
    {
      run: 'api-resources --api-group=sealing.example.com -o wide',
      prints: /seals\s+sl\s+sealing\.example\.com\/?(?:v1)?\s+true\s+Seal/,
    },
    { run: 'delete seal one', prints: /^seal\.sealing\.example\.com "one" deleted/ },
    {
      run: 'delete crd seals.sealing.example.com',
      prints: /^customresourcedefinition\.apiextensions\.k8s\.io "seals\.sealing\.example\.com" deleted/,
      warns: /^(?:[Ww]arning: deleting cluster-scoped resources, .*\n)?$/,
    },
    // Versions that keep what they discovered ask for it all the same.
    { run: 'get seals', fails: /the server (?:doesn't have a resource type "seals"|could not find the requested resource)/ },
  ],
}

tell('custom', [STORY])
