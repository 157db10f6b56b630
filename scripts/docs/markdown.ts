/** What the generated pages are written with. */

/** Text in a cell of a table: one line, and no bar that is not escaped. */
const cell = (text: string): string => text.replaceAll(/\s*\n\s*/g, " ").replaceAll("|", String.raw`\|`)

/** A table; the formatter pads its columns. */
export const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n")

/** A word of code. */
export const code = (text: string): string => `\`${text}\``

/** The first sentence of a comment, for a table. */
export const firstSentence = (doc: string): string => doc.split("\n\n")[0]?.replaceAll("\n", " ") ?? ""

/** What every generated page begins with. */
export const heading = (title: string, from: string): string =>
  `# ${title}\n\nWritten by \`npm run docs\` from ${from}, so that it cannot say anything else.`

/** A sentence made of words that stand in the middle of one. */
export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
