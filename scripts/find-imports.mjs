import { parseSync, Visitor } from 'vite'

/**
 * @typedef {object} FoundImport
 * @property {string} specifier what is imported, as written
 * @property {number} line where, from 1
 * @property {boolean} isLoaded whether it is loaded with the file: neither a type nor a dynamic import
 */

/**
 * All imports of a TypeScript or JavaScript file in the order in which they stand: static, type-only,
 * `export … from`, `import()` of a literal, and `import('…')` inside types.
 *
 * Throws where the file does not parse.
 *
 * @param {string} file its name, whose ending chooses the language
 * @param {string} code
 * @returns {FoundImport[]}
 */
export function findImports(file, code) {
  const { module, program, errors } = parseSync(file, code)
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`)
  /** @type {{ specifier: string, start: number, isLoaded: boolean }[]} */
  const found = []
  for (const { moduleRequest, entries, start } of module.staticImports) {
    found.push({ specifier: moduleRequest.value, start, isLoaded: !areTypes(entries) })
  }
  for (const { entries, start } of module.staticExports) {
    const from = entries.find(entry => entry.moduleRequest !== null)?.moduleRequest
    if (from) found.push({ specifier: from.value, start, isLoaded: !areTypes(entries) })
  }
  for (const { moduleRequest, start } of module.dynamicImports) {
    const literal = /^(['"`])([^$]*)\1$/.exec(code.slice(moduleRequest.start, moduleRequest.end))
    if (literal) found.push({ specifier: String(literal[2]), start, isLoaded: false })
  }
  new Visitor({
    TSImportType: ({ source, start }) => void found.push({ specifier: source.value, start, isLoaded: false }),
  }).visit(program)
  return found
    .sort((a, b) => a.start - b.start)
    .map(({ specifier, start, isLoaded }) => ({ specifier, line: lineAt(code, start), isLoaded }))
}

/** @param {readonly { isType: boolean }[]} entries */
function areTypes(entries) {
  return entries.length > 0 && entries.every(entry => entry.isType)
}

/**
 * @param {string} code
 * @param {number} offset
 */
function lineAt(code, offset) {
  return code.slice(0, offset).split('\n').length
}
