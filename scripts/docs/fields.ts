/** The fields of a schema as its source has them: name, type in words, and the comment above. */
import { child, children, nameOf, type Node } from "../syntax.ts"
import {
  type Declaration,
  declarationsOf,
  docOf,
  readSource,
  type SourceFile,
  textOf,
  valueOf
} from "./declarations.ts"
import { linkTo } from "./links.ts"

/** One field. */
export interface Field {
  readonly name: string
  readonly isOptional: boolean
  readonly type: string
  readonly doc: string
}

const words: Readonly<Record<string, string>> = {
  String: "text",
  NonEmptyString: "text, not empty",
  Boolean: "`true` or `false`",
  Natural: "integer from 0",
  Int: "integer",
  Finite: "number",
  JsonObject: "JSON object"
}

/** `Schema.x` is `x`; anything else is nothing. */
const schemaName = (node: Node | undefined): string | undefined =>
  node?.type === "MemberExpression" && nameOf(child(node, "object")) === "Schema"
    ? nameOf(child(node, "property"))
    : undefined

const isLocal = (source: SourceFile, name: string): boolean => source.declarations.some((own) => own.name === name)

/** What a schema takes, in words. */
const typeIn = (source: SourceFile, node: Node): string => {
  const named = schemaName(node)
  if (named !== undefined) return words[named] ?? `\`${named}\``
  if (node.type === "Identifier") {
    const name = nameOf(node)
    const link = linkTo(name)
    if (link !== undefined) return link
    if (!isLocal(source, name)) return `\`${name}\``
    const init = child(valueOf(source.file, name).node, "init")
    return init === undefined ? `\`${name}\`` : typeIn(source, init)
  }
  if (node.type === "CallExpression") {
    const callee = child(node, "callee")
    const [first] = children(node, "arguments")
    const kind = schemaName(callee)
    if (kind === undefined) {
      // `schema.check(…)` and `schema.pipe(…)` are what the schema is.
      const object = child(callee, "object")
      if (object === undefined) return `\`${textOf(source, node)}\``
      const type = typeIn(source, object)
      // A check of a number may say in its JSON Schema that it is whole.
      return type === words.Finite && textOf(source, node).includes("type: \"integer\"") ? "integer" : type
    }
    if (first === undefined) return `\`${textOf(source, node)}\``
    if (kind === "optionalKey") return typeIn(source, first)
    if (kind === "Array") return `list of ${typeIn(source, first)}`
    if (kind === "Literal") return `\`${textOf(source, first)}\``
    if (kind === "Literals") return children(first, "elements").map((item) => `\`${textOf(source, item)}\``).join(", ")
    if (kind === "Union") return children(first, "elements").map((item) => typeIn(source, item)).join(" or ")
    if (kind === "Struct") {
      return fieldsIn(source, first)
        .map(({ isOptional, name }) => `\`${name}\`${isOptional ? " (may be absent)" : ""}`)
        .join(", ")
    }
  }
  return `\`${textOf(source, node)}\``
}

/** The fields of an object of schemas. One that is there twice is what it is the second time, as in the object itself. */
const fieldsIn = (source: SourceFile, object: Node): ReadonlyArray<Field> => {
  const fields = children(object, "properties").flatMap((property): ReadonlyArray<Field> => {
    if (property.type === "SpreadElement") {
      const argument = child(property, "argument")
      const isFields = argument?.type === "MemberExpression"
      const name = nameOf(isFields ? child(argument, "object") : argument)
      return fieldsOf(valueOf(source.file, name))
    }
    const value = child(property, "value")
    if (value === undefined) return []
    const isOptional = value.type === "CallExpression" && schemaName(child(value, "callee")) === "optionalKey"
    const type = typeIn(source, value)
    return [{
      name: nameOf(child(property, "key")),
      isOptional,
      type,
      doc: docOf(source, property) || docOfType(source, value)
    }]
  })
  return [...new Map(fields.map((field) => [field.name, field])).values()]
}

/** A field without a comment of its own is told by what it is: the comment of that schema. */
const docOfType = (source: SourceFile, node: Node): string => {
  const inner = node.type === "CallExpression" ? children(node, "arguments")[0] : node
  if (inner?.type !== "Identifier") return ""
  const [declaration] = declarationsOf(source.file, nameOf(inner))
  return (declaration?.doc ?? "").split("\n\n")[0]?.split(/(?<=\.) /)[0] ?? ""
}

const firstObject = (node: Node | undefined): Node | undefined => {
  if (node === undefined || node.type === "ObjectExpression") return node
  const inner = children(node, "arguments").map(firstObject).find((found) => found !== undefined)
  return inner ?? firstObject(child(child(node, "callee"), "object"))
}

/** The fields of a struct, a tagged struct, an error, or a plain object of schemas. */
export const fieldsOf = ({ file, name, node }: Declaration): ReadonlyArray<Field> => {
  const schema = child(node, node.type === "ClassDeclaration" ? "superClass" : "init")
  const object = firstObject(schema)
  const other = children(schema, "arguments").at(-1)
  if (object === undefined && other?.type === "Identifier") return fieldsOf(valueOf(file, nameOf(other)))
  if (object === undefined) throw new Error(`${file}: "${name}" has no fields`)
  const fields = fieldsIn(readSource(file), object)
  for (const field of fields) {
    if (field.doc === "") {
      throw new Error(`${file}: the field "${field.name}" of "${name}" has no comment to tell it by`)
    }
  }
  return fields
}

/** The members of an object literal, each with the fields of its schema. */
export const partsOf = (
  { file, node }: Declaration
): ReadonlyArray<{ readonly name: string; readonly doc: string; readonly fields: ReadonlyArray<Field> }> => {
  const source = readSource(file)
  return children(child(node, "init"), "properties").map((property) => {
    const object = firstObject(child(property, "value"))
    return {
      name: nameOf(child(property, "key")),
      doc: docOf(source, property),
      fields: object === undefined ? [] : fieldsIn(source, object)
    }
  })
}

/** The members of an interface, with the comment of each. */
export const membersOf = ({ file, name, node }: Declaration): ReadonlyArray<Omit<Field, "isOptional">> => {
  const source = readSource(file)
  return children(child(node, "body"), "body").map((member) => {
    const key = nameOf(child(member, "key"))
    const type = child(child(member, "typeAnnotation"), "typeAnnotation")
    const doc = docOf(source, member)
    if (doc === "") throw new Error(`${file}: "${key}" of "${name}" has no comment to tell it by`)
    return { name: key, doc, type: type === undefined ? "" : textOf(source, type) }
  })
}
