/** The npm package gives the path of its binary for this machine. It is CommonJS, and has no types of its own. */
declare module 'workerd' {
  const exported: { readonly default: string }
  export default exported
}
