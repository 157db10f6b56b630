/** `docs/codes.md`, from the tables of codes. */
import { blockerTable } from "../../src/domain/Blocker.ts"
import { diagnosticTable } from "../../src/domain/Diagnostic.ts"
import { warningTable } from "../../src/domain/Warning.ts"
import { code, heading, table } from "./markdown.ts"

interface Row {
  readonly severity?: string
  readonly meaning: string
  readonly remedy: string
}

const rowsOf = (rows: Readonly<Record<string, Row>>): string => {
  const entries = Object.entries(rows)
  const severities = entries.some(([, row]) => row.severity !== undefined)
  return table(
    ["code", ...(severities ? ["severity"] : []), "what it means", "what to do"],
    entries.map(([name, { meaning, remedy, severity }]) => [
      code(name),
      ...(severity === undefined ? [] : [severity]),
      meaning,
      remedy
    ])
  )
}

/** The text of `docs/codes.md`. */
export const codesPage = (): string =>
  `${
    heading("Diagnostics, blockers and warnings", "the tables in `src/domain`")
  } Codes stay what they are from version to
version; messages may get better.

## Diagnostics

What is wrong with an asset or with the project, as its details and the project's snapshot tell it
(\`diagnosticTable\`).

${rowsOf(diagnosticTable)}

## Blockers

Why a command cannot be applied, as a preview, an action or \`CommandBlocked\` tells it (\`blockerTable\`).

${rowsOf(blockerTable)}

## Warnings

What the caller of a command should know although it can be applied (\`warningTable\`).

${rowsOf(warningTable)}
`
