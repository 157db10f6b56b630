/** `docs/errors.md` and the table of errors in the README, from the table in the code. */
import { PackerError } from "../../src/domain/Errors.ts"
import { OpeningError } from "../../src/domain/OpeningErrors.ts"
import { errorTable } from "../../src/services/ErrorTable.ts"
import { fieldTable } from "./commands.ts"
import { valueOf } from "./declarations.ts"
import { fieldsOf } from "./fields.ts"
import { code, heading, sentence, table } from "./markdown.ts"

const tags = Object.entries(errorTable)

const of = (schema: { readonly members: ReadonlyArray<{ readonly identifier: string }> }, tag: string): boolean =>
  schema.members.some(({ identifier }) => identifier === tag)

/** Where an error is met. */
const placeOf = (tag: string): string => {
  if (of(PackerError, tag)) {
    return "what a command or a refresh fails with; `action_failed` tells the same, if it was accepted"
  }
  if (of(OpeningError, tag)) return "what the layer fails with that opens a project"
  if (tag === "DiskError") return "what a `Disk` fails with"
  return tag === "SinkReentry"
    ? "what waiting inside of a sink call fails with"
    : "what a stream of events or changes fails with"
}

/** The table of errors as the README has it. */
export const readmeErrors = (): string =>
  table(
    ["tag", "when", "what a host does"],
    tags.filter(([tag]) => tag !== "DiskError").map(([tag, { remedy, when }]) => [code(tag), when, remedy])
  )

/** The text of `docs/errors.md`. */
export const errorsPage = (): string => {
  const sections = tags.map(([tag, { remedy, when }]) => {
    const declaration = valueOf("src/index.ts", tag)
    return `## ${tag}\n\n${declaration.doc}\n\n- When: ${
      when.replace("(docs/codes.md)", "([codes](codes.md#blockers))")
    }.\n` +
      `- A host: ${remedy}.\n- It is ${placeOf(tag)}.\n\n${fieldTable(fieldsOf(declaration))}`
  })
  return `${
    heading("Errors", "`src/services/ErrorTable.ts` and the schemas of the errors")
  } Each is a tagged error with a \`message\`
that says which asset, what, why, and what to do; \`Effect.catchTags\` tells them apart.

${
    table(
      ["tag", "when"],
      tags.map((
        [tag, { when }]
      ) => [`[${code(tag)}](#${tag.toLowerCase()})`, sentence(when.replace(" (docs/codes.md)", ""))])
    )
  }

${sections.join("\n\n")}
`
}
