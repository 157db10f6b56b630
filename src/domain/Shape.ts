/** Holding a value against a schema, with every problem named by its JSON path. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"

import { pathInto } from "./JsonText.ts"

/** What does not fit, and where (`$` is the whole value). */
export interface ShapeProblem {
  readonly path: ReadonlyArray<PropertyKey>
  readonly message: string
}

const toIssues = SchemaIssue.makeFormatterStandardSchemaV1()

/** A decoder for one schema; build it once, it is used for every asset. Keys it does not name are dropped or refused. */
export const shapeOf = <T>(
  schema: Schema.Decoder<T>,
  otherKeys: "drop" | "refuse" = "drop"
): (value: unknown) => Result.Result<T, ReadonlyArray<ShapeProblem>> => {
  const decode = Schema.decodeUnknownResult(schema, {
    errors: "all",
    onExcessProperty: otherKeys === "drop" ? "ignore" : "error"
  })
  return (value) =>
    Result.mapError(decode(value), (error) =>
      toIssues(error.issue).issues.map((issue) => ({
        path: (issue.path ?? []).map((step) => typeof step === "object" ? step.key : step),
        message: inWords(issue.message)
      })))
}

/** A schema's words, to stand in the middle of a sentence. */
const inWords = (message: string): string =>
  message
    .replace(/^Expected no excess property.*/, "it is no key here")
    .replace(/^Expected /, "expected ")
    .replace(/^Missing key/, "it is missing")

/** A path as it is shown: `$.output.codec`, `$.artifacts[0].file`. */
export const showPath = (path: ReadonlyArray<PropertyKey>): string =>
  path.reduce<string>((shown, step) => pathInto(shown, typeof step === "number" ? step : String(step)), "$")
