/** What a name and an output may be, for the commands that set them. */
import * as Schema from "effect/Schema"

import { type Blocker, blocker, type BlockerCode } from "../Blocker.ts"
import type { OutputInput } from "../Command.ts"
import { type Family, type Output, outputProblems } from "../Family.ts"
import { isDeeperThan, maxJsonDepth } from "../JsonValue.ts"

const codes = {
  format: "contract/unknown-format",
  codec: "contract/unknown-codec",
  metadata: "contract/invalid-metadata"
} as const satisfies Record<string, BlockerCode>

/**
 * The output that a command asks for. Another format brings its own first codec and its own metadata, unless the
 * command says which.
 */
export const outputOf = (family: Family, input: OutputInput | undefined, before: Output): Output => {
  const id = input?.format ?? before.format
  const other = id === before.format ? undefined : family.formats.find((candidate) => candidate.id === id)
  return {
    format: id,
    codec: input?.codec ?? other?.codecs[0] ?? before.codec,
    metadata: input?.metadata ?? other?.defaults ?? before.metadata
  }
}

/** What keeps a name from being one: it must be a text that can be shown and stored. */
export const nameBlockers = (name: string, root: string): ReadonlyArray<Blocker> =>
  name !== "" && name.isWellFormed()
    ? []
    : [blocker("contract/invalid-name", `${JSON.stringify(name)} is no name for the asset at "${root}"`, { root })]

const isJson = Schema.is(Schema.JsonObject)

/** Deeper metadata are not written: with what surrounds them they could not be read again. */
export const maxMetadataDepth = maxJsonDepth / 2

/** What keeps an output, made from what the command says, from being a family's. */
export const outputBlockers = (
  family: Family,
  input: OutputInput | undefined,
  output: Output,
  root: string
): ReadonlyArray<Blocker> => {
  const metadata = input?.metadata ?? {}
  if (isDeeperThan(metadata, maxMetadataDepth) || !isJson(metadata)) {
    const cause = `The metadata of "${root}" are no JSON, or nested deeper than ${maxMetadataDepth} levels`
    return [blocker("contract/invalid-metadata", cause, { root })]
  }
  return outputProblems(family, output).map(({ cause, field }) =>
    blocker(codes[field], `The output of "${root}": ${cause}`, { root })
  )
}
