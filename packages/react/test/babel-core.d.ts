/** The one function of Babel that is used here; its types are a package of their own. */
declare module '@babel/core' {
  export function transformAsync(source: string, options: object): Promise<{ readonly code: string } | null>
}
