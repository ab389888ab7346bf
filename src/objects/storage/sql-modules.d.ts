/** SQL files are text modules: wrangler's rule `Text`, esbuild's loader `text`, the test runner's plugin. */
declare module '*.sql' {
  const text: string
  export default text
}
