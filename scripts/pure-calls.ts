/**
 * Says of what a file makes at its top level that it does nothing else, so that bundlers leave out what nobody uses.
 *
 * No file of `src` does anything when it is imported: it declares. To a bundler `Schema.Struct({ … })` is a call that may do
 * anything, unless it says otherwise.
 */
import { below, child, children, declaredBy, nameOf, type Node, parse } from "./syntax.ts"

/** What runs later, or never: the insides of functions, and types. */
const isLater = ({ type }: Node): boolean =>
  /Function|^TS.*(?:Type|Interface|Declaration|Instantiation)|^MethodDefinition$/.test(type)

/** The places of calls that run when the file is imported. */
const callsIn = (node: Node): ReadonlyArray<number> => {
  if (isLater(node)) return []
  const inside = below(node).flatMap(callsIn)
  return isCall(node) ? [node.start, ...inside] : inside
}

const isCall = ({ type }: Node): boolean => type === "CallExpression" || type === "NewExpression"

/** What a bundler cannot know to do nothing, also where calls are marked: it may run code of whatever it looks into. */
const isUnknown = (node: Node, packages: ReadonlySet<string>): boolean => {
  if (isLater(node)) return false
  if (isCall(node)) {
    // The mark is about what is called, too.
    return below(node).some((child) => child !== node["callee"] && isUnknown(child, packages))
  }
  if (node.type === "MemberExpression") {
    return node["computed"] === true || !packages.has(nameOf(child(node, "object")))
  }
  return /^(?:Spread|Template|Binary|Unary|TaggedTemplate)/.test(node.type) ||
    below(node).some((child) => isUnknown(child, packages))
}

/** A piece of text that is put into another one. */
interface Mark {
  readonly at: number
  readonly text: string
}

const pure = "/* @__PURE__ */ "

/** The marks of one value that is made when the file is imported. */
const marksOf = (node: Node, packages: ReadonlySet<string>): ReadonlyArray<Mark> => {
  const calls = [...new Set(callsIn(node))].map((at): Mark => ({ at, text: pure }))
  if (!isUnknown(node, packages)) return calls
  return [{ at: node.start, text: `${pure}(() => (` }, ...calls, { at: node.end, text: "))()" }]
}

/** The values that a statement at the top level makes. */
const valuesIn = (statement: Node): ReadonlyArray<Node> => {
  const declared = declaredBy(statement)
  const made = declared?.type === "ClassDeclaration"
    ? [child(declared, "superClass")]
    : declared?.type === "VariableDeclaration"
    ? children(declared, "declarations").map((declarator) => child(declarator, "init"))
    : []
  return made.filter((value) => value !== undefined)
}

/** The names under which a file has modules of packages. */
const packagesOf = (statement: Node): ReadonlyArray<string> =>
  statement.type !== "ImportDeclaration" || nameOf(child(statement, "source")).startsWith(".")
    ? []
    : children(statement, "specifiers")
      .filter(({ type }) => type === "ImportNamespaceSpecifier")
      .map((specifier) => nameOf(child(specifier, "local")))

/** The text of a file with marks at what it makes when it is imported. */
export const withPureCalls = (file: string, text: string): string => {
  const { statements } = parse(file, text)
  const packages = new Set(statements.flatMap(packagesOf))
  const marks = statements.flatMap(valuesIn).flatMap((value) => marksOf(value, packages))
  let marked = ""
  let done = 0
  for (const { at, text: mark } of marks.toSorted((a, b) => a.at - b.at)) {
    marked += text.slice(done, at) + mark
    done = at
  }
  return marked + text.slice(done)
}
