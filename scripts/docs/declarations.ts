/** What the docs take from the source: each declaration with its comment, and the fields of schemas with theirs. */
import { readFileSync } from "node:fs"
import type { Comment } from "oxc-parser"
import { resolve } from "../source.ts"
import { child, children, declaredBy, nameOf, type Node, parse } from "../syntax.ts"

/** Something that a file declares at its top level. */
export interface Declaration {
  readonly file: string
  readonly name: string
  /** The declaration without `export`; of a variable, its declarator. */
  readonly node: Node
  readonly doc: string
}

/** One file, read. */
export interface SourceFile {
  readonly file: string
  readonly text: string
  readonly comments: ReadonlyArray<Comment>
  readonly declarations: ReadonlyArray<Declaration>
  /** Where a name comes from that the file imports or passes on: the file, and the name there. */
  readonly imports: ReadonlyMap<string, { readonly from: string; readonly name: string }>
  readonly statements: ReadonlyArray<Node>
}

const files = new Map<string, SourceFile>()

/** The text of a comment without its stars. */
const plain = (comment: Comment): string =>
  comment.value
    .replace(/^\*/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
    .join("\n")
    .trim()

const docAbove = (text: string, comments: ReadonlyArray<Comment>, start: number): string => {
  const comment = comments.findLast(({ end }) => end <= start)
  return comment?.type === "Block" && comment.value.startsWith("*") && text.slice(comment.end, start).trim() === ""
    ? plain(comment)
    : ""
}

/** The comment above something in a file, or nothing. */
export const docOf = ({ comments, text }: SourceFile, node: Node): string => docAbove(text, comments, node.start)

/** The source of a node. */
export const textOf = ({ text }: SourceFile, node: Node): string => text.slice(node.start, node.end)

/** Reads a file once. */
export const readSource = (file: string): SourceFile => {
  const known = files.get(file)
  if (known !== undefined) return known
  const text = readFileSync(file, "utf8")
  const { comments, statements } = parse(file, text)
  const declarations: Array<Declaration> = []
  const imports = new Map<string, { from: string; name: string }>()
  for (const statement of statements) {
    const declared = declaredBy(statement)
    const doc = docAbove(text, comments, statement.start)
    for (const node of declared?.type === "VariableDeclaration" ? children(declared, "declarations") : [declared]) {
      const name = nameOf(child(node, "id"))
      if (node !== undefined && name !== "") declarations.push({ file, name, node, doc })
    }
    const from = resolve(file, nameOf(child(statement, "source")))
    if (from === undefined) continue
    for (const specifier of children(statement, "specifiers")) {
      const isExport = specifier.type === "ExportSpecifier"
      const outer = nameOf(child(specifier, isExport ? "exported" : "local"))
      const inner = nameOf(child(specifier, isExport ? "local" : "imported"))
      imports.set(outer, { from, name: inner })
    }
  }
  const read = { file, text, comments, declarations, imports, statements }
  files.set(file, read)
  return read
}

/** The declarations of a name, wherever a file has it from: a value, a type, or both. */
export const declarationsOf = (file: string, name: string): ReadonlyArray<Declaration> => {
  const source = readSource(file)
  const own = source.declarations.filter((declaration) => declaration.name === name)
  if (own.length > 0) return own
  const imported = source.imports.get(name)
  if (imported !== undefined) return declarationsOf(imported.from, imported.name)
  for (const statement of source.statements) {
    if (statement.type !== "ExportAllDeclaration") continue
    const from = resolve(file, nameOf(child(statement, "source")))
    const found = from === undefined ? [] : declarationsOf(from, name)
    if (found.length > 0) return found
  }
  return []
}

/** The value of a name, or why it is not there. */
export const valueOf = (file: string, name: string): Declaration => {
  const found = declarationsOf(file, name).find(({ node }) => /VariableDeclarator|ClassDeclaration/.test(node.type))
  if (found === undefined) throw new Error(`${file} has no value "${name}"`)
  return found
}

/** The names that a front door opens to, in its order, each with the section it stands in. */
export const exportsOf = (door: string): ReadonlyArray<{ readonly name: string; readonly section: string }> => {
  const { comments, statements } = readSource(door)
  let section = ""
  return statements.flatMap((statement) => {
    const before = comments.findLast(({ end }) => end <= statement.start)
    if (before?.type === "Line") section = before.value.trim().replace(/\.$/, "")
    if (statement.type === "ExportAllDeclaration") {
      const from = resolve(door, nameOf(child(statement, "source"))) ?? ""
      return exportedBy(from).map((name) => ({ name, section }))
    }
    return children(statement, "specifiers").map((item) => ({ name: nameOf(child(item, "exported")), section }))
  })
}

/** What a file itself exports. */
const exportedBy = (file: string): ReadonlyArray<string> => [
  ...new Set(
    readSource(file).statements.flatMap((statement) => {
      if (statement.type !== "ExportNamedDeclaration") return []
      const declared = child(statement, "declaration")
      return declared?.type === "VariableDeclaration"
        ? children(declared, "declarations").map((node) => nameOf(child(node, "id")))
        : [nameOf(child(declared, "id"))]
    })
  )
]
