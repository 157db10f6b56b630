/** `docs/api`, one page for each entry point: every public name with its comment and its declaration. */
import { existsSync } from "node:fs"
import { child, children, type Node } from "../syntax.ts"
import { type Declaration, declarationsOf, exportsOf, readSource, textOf } from "./declarations.ts"
import { heading, sentence } from "./markdown.ts"

/** Nobody reads longer declarations. */
const maxLines = 48

const isShort = (text: string): boolean => text.split("\n").length <= maxLines

const isSchema = (text: string): boolean => /\bSchema\./.test(text)

/** The declaration as the compiler writes it down for those who import it. */
const emitted = ({ file, name }: Declaration): string => {
  const place = file.replace(/^src\//, "dist/").replace(/\.ts$/, ".d.ts")
  if (!existsSync(place)) throw new Error(`${place} is not there: run \`npm run build\` first`)
  const found = readSource(place)
  const own = found.declarations.filter((declaration) => declaration.name === name)
  return own
    .map(({ node }) =>
      `${node.type === "VariableDeclarator" ? "const " : ""}${textOf(found, node).replace(/^declare /, "")}`
    )
    .join("\n")
}

/** The head of a class that a schema or a service makes, without what it overrides. */
const classHead = (declaration: Declaration): string => {
  const source = readSource(declaration.file)
  const superClass = child(declaration.node, "superClass")
  return superClass === undefined ? "" : `class ${declaration.name} extends ${textOf(source, superClass)} {}`
}

/** A value without `as` and `satisfies`. */
const bare = (node: Node | undefined): Node | undefined =>
  node?.type.startsWith("TS") === true ? bare(child(node, "expression")) : node

const ofValue = (declaration: Declaration): string => {
  const { file, name, node } = declaration
  const source = readSource(file)
  if (node.type === "ClassDeclaration") {
    const made = child(node, "superClass")
    return made?.type === "CallExpression" ? classHead(declaration) : emitted(declaration)
  }
  const init = child(node, "init")
  const text = init === undefined ? "" : textOf(source, init)
  const isTyped = child(child(node, "id"), "typeAnnotation") !== undefined || init?.type === "ArrowFunctionExpression"
  const written = `const ${name} = ${text}`
  if (isSchema(text) && !isTyped && isShort(written)) return written
  const full = emitted(declaration)
  if (isShort(full)) return full
  if (isShort(written)) return written
  const rows = children(bare(init), "properties")
  if (rows[0] === undefined) throw new Error(`${file}: the type of "${name}" is too long to be shown; write it down`)
  return `const ${name} = { ${textOf(source, rows[0])} } // and ${rows.length - 1} more rows`
}

const signatureOf = (declarations: ReadonlyArray<Declaration>): string =>
  declarations.flatMap((declaration): ReadonlyArray<string> => {
    const { file, node } = declaration
    if (node.type === "TSInterfaceDeclaration") return [textOf(readSource(file), node)]
    if (node.type !== "TSTypeAliasDeclaration") return [ofValue(declaration)]
    const text = textOf(readSource(file), node)
    return /= typeof \w+\.Type$/.test(text) ? [] : [text]
  }).join("\n\n")

const kindOf = (declarations: ReadonlyArray<Declaration>, signature: string): string => {
  if (/Context\.(?:Service|Reference)</.test(signature)) return "service"
  if (/Schema\.Tagged(?:Error|ErrorClass)</.test(signature)) return "error"
  if (isSchema(signature)) return declarations.length > 1 ? "schema and type" : "schema"
  const [first] = declarations
  if (first?.node.type.startsWith("TS") === true) return "type"
  if (/^const \w+: Layer\./.test(signature)) return "layer"
  if (/^(?:declare )?function|^const \w+: (?:<[^(]*>)?\(/.test(signature)) return "function"
  return first?.node.type === "ClassDeclaration" ? "class" : "value"
}

const block = (code: string): string => `\`\`\`typescript\n${code.trim().replaceAll(/\n{3,}/g, "\n\n")}\n\`\`\``

const entryOf = (door: string, name: string): string => {
  const declarations = declarationsOf(door, name)
  const [first] = declarations
  if (first === undefined || first.doc === "") {
    throw new Error(`${door}: "${name}" is public and nothing is said about it`)
  }
  const signature = signatureOf(declarations)
  const [text = "", ...examples] = first.doc.split(/^@example\s*$/m)
  return [
    `### ${name}`,
    `_${kindOf(declarations, signature)}, in \`${first.file}\`_`,
    text.trim(),
    block(signature),
    ...(examples.length === 0 ? [] : ["For example:", ...examples.map(block)])
  ].join("\n\n")
}

/** The page of one entry point. */
export const apiPage = (door: { readonly entry: string; readonly file: string }): string => {
  const parts: Array<string> = []
  let before = ""
  for (const { name, section } of exportsOf(door.file)) {
    if (section !== before) parts.push(`## ${section}`)
    before = section
    parts.push(entryOf(door.file, name))
  }
  const { comments } = readSource(door.file)
  const about = comments[0]?.value.replace(/^\* `[^`]*`: /, "").trim() ?? ""
  return `${heading(`\`${door.entry}\``, `the comments and types behind \`${door.file}\``)}\n\n${
    sentence(about.replace(/\.$/, ""))
  }\n\n${parts.join("\n\n")}\n`
}
