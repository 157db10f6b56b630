/** `docs/telemetry.md`, from the tables of spans and instruments. */
import { instrumentTable } from "../../src/layers/Instruments.ts"
import { spanTable } from "../../src/layers/Spans.ts"
import { code, heading, sentence, table } from "./markdown.ts"

/** The text of `docs/telemetry.md`. */
export const telemetryPage = (): string =>
  `${heading("Spans, metrics and logs", "`src/layers/Spans.ts` and `src/layers/Instruments.ts`")}

A host exports them with Effect's own means, or does not; \`npm run example:telemetry\` shows them. A tracer or a logger of the
host that dies stops nothing.

## Spans

${
    table(
      ["span", "what it lasts for", "attributes"],
      Object.entries(spanTable).map(([name, { attributes, meaning }]) => [
        code(name),
        meaning,
        attributes.map(code).join(", ")
      ])
    )
  }

## Metrics

${
    table(
      ["metric", "kind", "what it counts", "attributes"],
      instrumentTable.map(({ attributes, metric }) => [
        code(metric.id),
        metric.type.toLowerCase(),
        metric.description === undefined ? "" : sentence(metric.description),
        attributes.map(code).join(", ")
      ])
    )
  }

## Logs

What is logged within an operation carries the annotations \`project\`, \`operation_id\` and \`command\`; what is logged about
the sink carries \`project\`.
`
