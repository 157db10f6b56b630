/** `docs/commands.md`, from the schemas of commands. */
import { ActionKind } from "../../src/domain/Actions.ts"
import { Command } from "../../src/domain/Command.ts"
import { valueOf } from "./declarations.ts"
import { type Field, fieldsOf } from "./fields.ts"
import { code, firstSentence, heading, table } from "./markdown.ts"

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

const schemas = "src/domain/Command.ts"

/** A table of fields. */
export const fieldTable = (fields: ReadonlyArray<Field>): string =>
  table(
    ["field", "type", "what it is"],
    fields.map(({ doc, isOptional, name, type }) => [code(name), isOptional ? `${type}; may be absent` : type, doc])
  )

/** The button that stands for a command, if a person can do it with one asset. */
const actionsOf = (tag: string): string => {
  const actions: ReadonlyArray<string> = tag === "setBuildParticipation" ? ["include", "exclude"] : [tag]
  const known = actions.filter((action) => ActionKind.literals.some((kind) => kind === action))
  return known.length === 0 ? "" : ` As an action of an asset: ${known.map(code).join(" and ")}.`
}

const tags = Command.members.map(({ fields }) => fields._tag.schema.literal)

/** The text of \`docs/commands.md\`. */
export const commandsPage = (): string => {
  const sections = tags.map((tag) => {
    const declaration = valueOf(schemas, capital(tag))
    return `## ${tag}\n\n${firstSentence(declaration.doc)}${actionsOf(tag)}\n\n${fieldTable(fieldsOf(declaration))}`
  })
  return `${heading("Commands", "the schemas in `src/domain/Command.ts`")}

A command is a plain value with a \`_tag\`, made by \`Command.<name>({ … })\`; \`decodeCommand\` takes one from a host without
types. What each refuses is told by its preview, with [codes](codes.md#blockers). \`execute\`, \`submit\` and \`preview\` take any
of them.

${
    table(
      ["command", "what it does"],
      tags.map((tag) => [`[${code(tag)}](#${tag.toLowerCase()})`, firstSentence(valueOf(schemas, capital(tag)).doc)])
    )
  }

An asset is named by any one of its names: \`{ id: 1 }\`, \`{ uuid: "…" }\` or \`{ root: "ui/atlas" }\`. Within a batch, a name is
read in the state that the command before it leaves.

${sections.join("\n\n")}

## OutputInput

${firstSentence(valueOf(schemas, "OutputInput").doc)}

${fieldTable(fieldsOf(valueOf(schemas, "OutputInput")))}
`
}
