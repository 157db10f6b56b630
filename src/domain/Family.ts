/** What kinds of assets exist. This is data: a host replaces the catalog by its own. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

import type { JsonValue } from "./JsonValue.ts"
import { extensionAt, extensionOf } from "./Path.ts"
import { shapeOf, showPath } from "./Shape.ts"

/** A form in which assets of a family can be built. */
export interface OutputFormat {
  readonly id: string
  /** The codecs it can be packed with; the first is the default. */
  readonly codecs: readonly [string, ...ReadonlyArray<string>]
  /** What the metadata must look like. Keys it does not name are kept and not looked at. */
  readonly metadata: Schema.Decoder<unknown>
  /** The metadata of an asset that is created without any. */
  readonly defaults: Readonly<Record<string, JsonValue>>
}

/** How much a bank holds. */
export interface Capacity {
  readonly files: number
  /** The most bytes in one file. */
  readonly fileBytes: number
  /** The most bytes in all files together. */
  readonly totalBytes: number
}

/** A kind of asset. */
export interface Family {
  readonly id: string
  readonly label: string
  /** The file name extensions it accepts as artifacts, in lower case, with the dot. */
  readonly extensions: ReadonlyArray<string>
  /** The formats it can be built in; the first is the default. */
  readonly formats: readonly [OutputFormat, ...ReadonlyArray<OutputFormat>]
  readonly capacity: Capacity
}

/** All kinds of assets that a project knows. */
export type Families = ReadonlyArray<Family>

/** What the manifest of an asset says about its output. */
export const Output = Schema.Struct({
  /** One of the formats of the family. */
  format: Schema.NonEmptyString,
  /** One of the codecs of the format. */
  codec: Schema.NonEmptyString,
  /** What the format wants to know. */
  metadata: Schema.JsonObject
})
/** What the manifest of an asset says about its output. */
export interface Output {
  readonly format: string
  readonly codec: string
  readonly metadata: Readonly<Record<string, JsonValue>>
}

/** What is wrong with an output, in the view of its family. */
export interface OutputProblem {
  readonly field: "format" | "codec" | "metadata"
  readonly cause: string
}

/** The family with an id, if the catalog has it. */
export const familyOf = (families: Families, id: string): Family | undefined =>
  families.find((family) => family.id === id)

/** The output of an asset that is created without one. */
export const defaultOutput = (family: Family): Output => {
  const [format] = family.formats
  return { format: format.id, codec: format.codecs[0], metadata: format.defaults }
}

/** True if the family takes a file as an artifact. */
export const acceptsFile = ({ extensions }: Family, path: string): boolean => {
  const from = extensionAt(path)
  // Nearly all are spelled in lower case already: no text is made to compare them.
  for (const extension of extensions) {
    if (extension.length === path.length - from && path.startsWith(extension, from)) return true
  }
  return extensions.includes(extensionOf(path))
}

const list = (items: ReadonlyArray<string>): string => items.map((item) => `"${item}"`).join(", ")

const metadataShapes = new WeakMap<OutputFormat, ReturnType<typeof shapeOf<unknown>>>()

/** What holds metadata against the schema of a format, made once for each: every asset is held against one. */
const metadataShape = (format: OutputFormat) => {
  const known = metadataShapes.get(format)
  if (known !== undefined) return known
  const shape = shapeOf(format.metadata)
  metadataShapes.set(format, shape)
  return shape
}

/** The texts of metadata that were held against a format and fit. */
const fitting = new WeakMap<OutputFormat, Set<string>>()
/** Most projects have a few metadata in all, and short ones. */
const mostRemembered = 256
const longestRemembered = 256

/** What is wrong with metadata. A hundred thousand assets have the same few, and a schema takes longer than their text. */
const metadataProblems = (format: OutputFormat, metadata: Output["metadata"]): ReadonlyArray<OutputProblem> => {
  const text = JSON.stringify(metadata)
  const known = fitting.get(format)
  if (known?.has(text) === true) return noProblems
  const problems = Result.match(metadataShape(format)(metadata), {
    onSuccess: () => noProblems,
    onFailure: (problems) =>
      problems.map((problem): OutputProblem => ({
        field: "metadata",
        cause: `the metadata at ${showPath(problem.path)} do not fit format "${format.id}": ${problem.message}`
      }))
  })
  if (problems.length > 0) return problems
  if (text.length > longestRemembered) return noProblems
  if (known === undefined) fitting.set(format, new Set([text]))
  else if (known.size < mostRemembered) known.add(text)
  return noProblems
}

const noProblems: ReadonlyArray<OutputProblem> = Object.freeze([])

/** Everything that is wrong with an output in the view of its family. */
export const outputProblems = (family: Family, output: Output): ReadonlyArray<OutputProblem> => {
  const format = family.formats.find((candidate) => candidate.id === output.format)
  if (format === undefined) {
    const known = list(family.formats.map((candidate) => candidate.id))
    return [{
      field: "format",
      cause: `"${output.format}" is no format of family "${family.id}", which knows ${known}`
    }]
  }
  const codec: ReadonlyArray<OutputProblem> = format.codecs.includes(output.codec) ? noProblems : [{
    field: "codec",
    cause: `"${output.codec}" is no codec of format "${format.id}", which knows ${list(format.codecs)}`
  }]
  const metadata = metadataProblems(format, output.metadata)
  return codec.length === 0 ? metadata : [...codec, ...metadata]
}

const KiB = 1024
const MiB = 1024 * KiB

/** The catalog of a project whose host brings none of its own. */
export const defaultFamilies: Families = [
  {
    id: "tile_bank",
    label: "Tile bank",
    extensions: [".png"],
    formats: [{
      id: "TILES/indexed_v1",
      codecs: ["none"],
      metadata: Schema.Struct({ tile_size: Schema.Literals([8, 16, 32, 64]) }),
      defaults: { tile_size: 16 }
    }],
    capacity: { files: 256, fileBytes: 4 * MiB, totalBytes: 64 * MiB }
  },
  {
    id: "glyph_bank",
    label: "Glyph bank",
    extensions: [".png"],
    formats: [{
      id: "GLYPHS/indexed_v1",
      codecs: ["none"],
      metadata: Schema.Struct({ line_height: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 512 })) }),
      defaults: { line_height: 16 }
    }],
    capacity: { files: 256, fileBytes: 4 * MiB, totalBytes: 64 * MiB }
  },
  {
    id: "sound_bank",
    label: "Sound bank",
    extensions: [".wav"],
    formats: [{
      id: "SOUND/pcm_v1",
      codecs: ["none", "adpcm"],
      metadata: Schema.Struct({ sample_rate: Schema.Literals([11025, 22050, 44100, 48000]) }),
      defaults: { sample_rate: 44100 }
    }],
    capacity: { files: 128, fileBytes: 16 * MiB, totalBytes: 256 * MiB }
  },
  {
    id: "palette_bank",
    label: "Palette bank",
    extensions: [".pal", ".json"],
    formats: [{
      id: "PALETTE/rgba_v1",
      codecs: ["none"],
      metadata: Schema.Struct({ colors: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 256 })) }),
      defaults: { colors: 16 }
    }],
    capacity: { files: 64, fileBytes: 64 * KiB, totalBytes: MiB }
  }
]
