import type { NodePath } from '@babel/core'

/** A function that renders: a component, a hook, or anything else with JSX or hook calls inside. */
export interface RenderFunction {
  readonly name: string
  readonly line: number
  /** Where it starts, `line:column`: the compiler knows functions by place, as arrows have no name to it. */
  readonly place: string
  readonly hasJsx: boolean
}

const HOOK = /^use[A-Z0-9]/

/**
 * The outermost functions of a module with JSX or hook calls anywhere inside, whatever they are called.
 *
 * On purpose coarser than the compiler's own rule (a name in capitals or `use…`, fit parameters, fit results),
 * so that what the compiler does not take for a component or hook is seen as left out.
 */
export function findRenderFunctions(program: NodePath): readonly RenderFunction[] {
  const found: RenderFunction[] = []
  program.traverse({
    Function(path) {
      const { hasJsx, callsHooks } = contentOf(path)
      if (hasJsx || callsHooks) found.push({ name: nameOf(path), hasJsx, ...placeOf(path) })
      path.skip()
    },
  })
  return found
}

function contentOf(path: NodePath): { hasJsx: boolean; callsHooks: boolean } {
  const content = { hasJsx: false, callsHooks: false }
  path.traverse({
    JSX() {
      content.hasJsx = true
    },
    CallExpression(call) {
      if (HOOK.test(calleeName(call.get('callee')))) content.callsHooks = true
    },
  })
  return content
}

function calleeName(callee: NodePath): string {
  if (callee.isIdentifier()) return callee.node.name
  if (!callee.isMemberExpression() || callee.node.computed) return ''
  return callee.node.property.type === 'Identifier' ? callee.node.property.name : ''
}

function nameOf(path: NodePath): string {
  if ((path.isFunctionDeclaration() || path.isFunctionExpression()) && path.node.id) return path.node.id.name
  const { parent } = path
  if (parent.type === 'VariableDeclarator' && parent.id.type === 'Identifier') return parent.id.name
  return 'an unnamed function'
}

function placeOf(path: NodePath): { line: number; place: string } {
  const start = path.node.loc?.start
  return { line: start?.line ?? 0, place: `${start?.line}:${start?.column}` }
}
