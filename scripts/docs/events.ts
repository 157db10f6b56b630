/** `docs/events.md`, from the schemas of events. */
import { isTerminal, maxListed, PackerEvent } from "../../src/domain/Event.ts"
import { fieldTable } from "./commands.ts"
import { valueOf } from "./declarations.ts"
import { fieldsOf, partsOf } from "./fields.ts"
import { code, firstSentence, heading, table } from "./markdown.ts"

const schemas = "src/domain/Event.ts"

/** The text of `docs/events.md`. */
export const eventsPage = (): string => {
  const details = partsOf(valueOf(schemas, "details"))
  const kinds = PackerEvent.members.map(({ fields }) => {
    const kind = fields.kind.literal
    const part = details.find(({ name }) => name === kind)
    if (part === undefined || part.doc === "") throw new Error(`${schemas}: the event "${kind}" has no comment`)
    return { ...part, isLast: isTerminal({ kind }) }
  })
  const sections = kinds.map(({ doc, fields, name }) =>
    `## ${name}\n\n${doc}\n\n${
      fields.length === 0 ? "Its `details` are empty; `progress` says it." : fieldTable(fields)
    }`
  )
  return `${heading("Events", "the schemas in `src/domain/Event.ts`")}

Every event has the fields below and \`details\` of its kind. Each operation has exactly one terminal event, its last. Opening
and refreshing are operations too. At most ${maxListed} assets or diagnostics are listed in one event; more come as several.

${
    table(
      ["kind", "terminal", "what it tells"],
      kinds.map(({ doc, isLast, name }) => [`[${code(name)}](#${name})`, isLast ? "yes" : "", doc])
    )
  }

## Fields of every event

${fieldTable([...fieldsOf(valueOf(schemas, "about")), ...fieldsOf(valueOf(schemas, "numbers"))])}

${sections.join("\n\n")}

## What is inside

\`ProgressReport\`: ${firstSentence(valueOf(schemas, "ProgressReport").doc)}

${fieldTable(fieldsOf(valueOf(schemas, "ProgressReport")))}

\`Outcome\`: ${firstSentence(valueOf("src/domain/Outcome.ts", "Outcome").doc)}

${fieldTable(fieldsOf(valueOf("src/domain/Outcome.ts", "Outcome")))}

\`Changes\`: ${firstSentence(valueOf("src/domain/Outcome.ts", "Changes").doc)}

${fieldTable(fieldsOf(valueOf("src/domain/Outcome.ts", "Changes")))}

\`RecoveryReport\`: ${firstSentence(valueOf(schemas, "RecoveryReport").doc)}

${fieldTable(fieldsOf(valueOf(schemas, "RecoveryReport")))}
`
}
