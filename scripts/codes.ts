/**
 * `npm run docs:codes`: writes `docs/codes.md` from the tables in the code, so that it cannot say anything else.
 */
import { writeFileSync } from "node:fs"

import { blockerTable } from "../src/domain/Blocker.ts"
import { diagnosticTable } from "../src/domain/Diagnostic.ts"
import { warningTable } from "../src/domain/Warning.ts"

interface Row {
  readonly severity?: string
  readonly meaning: string
  readonly remedy: string
}

const table = (rows: Readonly<Record<string, Row>>): string => {
  const entries = Object.entries(rows)
  const severities = entries.some(([, row]) => row.severity !== undefined)
  const line = (cells: ReadonlyArray<string>) => `| ${cells.join(" | ")} |`
  const head = ["code", ...(severities ? ["severity"] : []), "what it means", "what to do"]
  return [
    line(head),
    line(head.map(() => "---")),
    ...entries.map(([code, { meaning, remedy, severity }]) =>
      line([`\`${code}\``, ...(severity === undefined ? [] : [severity]), meaning, remedy])
    )
  ].join("\n")
}

/** The text of `docs/codes.md`. */
export const codesPage = (): string =>
  `# Diagnostics, blockers and warnings

Written by \`npm run docs:codes\` from the tables in \`src/domain/Diagnostic.ts\`, \`Blocker.ts\` and \`Warning.ts\`. Codes stay
what they are from version to version; messages may get better.

## Diagnostics

What is wrong with an asset or with the project, as its details and the project's snapshot tell it.

${table(diagnosticTable)}

## Blockers

Why a command cannot be applied, as a preview, an action or \`CommandBlocked\` tells it.

${table(blockerTable)}

## Warnings

What the caller of a command should know although it can be applied.

${table(warningTable)}
`

if (import.meta.main) writeFileSync(new URL("../docs/codes.md", import.meta.url), codesPage())
