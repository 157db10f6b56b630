/** TypeScript as a tree, as far as the scripts beside this file look into it. */
import { type Comment, parseSync, visitorKeys } from "oxc-parser"

/** A node of the tree. */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && "type" in value

/** The node under a key of another. */
export const child = (node: Node | undefined, key: string): Node | undefined => {
  const value = node?.[key]
  return isNode(value) ? value : undefined
}

/** The nodes in a list under a key of another. */
export const children = (node: Node | undefined, key: string): ReadonlyArray<Node> => {
  const value = node?.[key]
  return Array.isArray(value) ? value.filter(isNode) : []
}

/** Every node right below another. */
export const below = (node: Node): ReadonlyArray<Node> =>
  (visitorKeys[node.type] ?? []).flatMap((key) => [child(node, key) ?? [], children(node, key)].flat())

/** The name that a node is or has, or the text that it stands for. */
export const nameOf = (node: Node | undefined): string => {
  const value = node?.["name"] ?? node?.["value"]
  return typeof value === "string" ? value : ""
}

/** What a statement declares, exported or not. */
export const declaredBy = (statement: Node): Node | undefined =>
  statement.type === "ExportNamedDeclaration" ? child(statement, "declaration") : statement

/** A text as its statements and comments; one that is not TypeScript is refused. */
export const parse = (
  file: string,
  text: string
): { readonly statements: ReadonlyArray<Node>; readonly comments: ReadonlyArray<Comment> } => {
  const { comments, errors, program } = parseSync(file, text)
  if (errors[0] !== undefined) throw new Error(`${file}: ${errors[0].message}`)
  const statements: ReadonlyArray<unknown> = program.body
  return { statements: statements.filter(isNode), comments }
}
