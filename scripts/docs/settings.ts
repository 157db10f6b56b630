/** `docs/settings.md`, from the settings, their defaults and the catalog of families. */
import { Duration } from "effect"
import { defaultFamilies } from "../../src/domain/Family.ts"
import { defaultPackerSettings } from "../../src/services/PackerConfig.ts"
import { defaultStudioSettings } from "../../src/studio/services/StudioConfig.ts"
import { declarationsOf } from "./declarations.ts"
import { membersOf } from "./fields.ts"
import { code, heading, table } from "./markdown.ts"

const units: ReadonlyArray<readonly [size: number, name: string]> = [[1024 ** 2, "MiB"], [1024, "KiB"]]

/** A number of bytes as people read it. */
const bytes = (count: number): string => {
  const unit = units.find(([size]) => count >= size && count % size === 0)
  return unit === undefined ? `${count} bytes` : `${count / unit[0]} ${unit[1]}`
}

const shown = (name: string, value: unknown): string => {
  if (Duration.isDuration(value)) return Duration.format(value)
  if (typeof value === "number") return /Limit$|Bytes$/.test(name) && value >= 65_536 ? bytes(value) : String(value)
  return code(JSON.stringify(value))
}

const taken = (type: string): string =>
  type === "number"
    ? "integer from 1"
    : type === "Duration.Duration"
    ? "duration"
    : type.split(" | ").map(code).join(", ")

/** The name of a setting as an environment variable has it. */
export const variableOf = (name: string): string => `PACKER_${name.replaceAll(/[A-Z]/g, "_$&").toUpperCase()}`

const settingsIn = (file: string, name: string, defaults: object, named: boolean): string => {
  const [declaration] = declarationsOf(file, name)
  if (declaration === undefined) throw new Error(`${file} has no "${name}"`)
  const values = new Map<string, unknown>(Object.entries(defaults))
  const members = membersOf(declaration)
  if (members.length !== values.size) throw new Error(`${file}: "${name}" and its defaults are not the same settings`)
  return table(
    ["setting", "what it is", "takes", "default", ...(named ? ["environment variable"] : [])],
    members.map(({ doc, name, type }) => [
      code(name),
      doc,
      taken(type),
      shown(name, values.get(name)),
      ...(named ? [code(variableOf(name))] : [])
    ])
  )
}

/** The options of a layer. */
const optionsIn = (file: string, name: string): string => {
  const [declaration] = declarationsOf(file, name)
  if (declaration === undefined) throw new Error(`${file} has no "${name}"`)
  return table(["option", "what it is"], membersOf(declaration).map(({ doc, name }) => [code(name), doc]))
}

/** The text of `docs/settings.md`. */
export const settingsPage = (): string =>
  `${heading("Settings and families", "the settings and the catalog in the code")}

## PackerConfig

How the packer works. It never has to be provided; what is provided when a project is opened holds as long as that is open.
A single one is changed with \`Layer.succeed(PackerConfig, { ...defaultPackerSettings, durability: "os" })\`. From the
environment they come with \`Layer.effect(PackerConfig, Config.nested(packerSettings, "packer"))\` and
\`ConfigProvider.constantCase\`; a value that does not fit keeps the project from opening, with a \`ConfigError\`.

${settingsIn("src/services/PackerConfig.ts", "PackerSettings", defaultPackerSettings, true)}

## StudioConfig

How the parts of an editor work.

${settingsIn("src/studio/services/StudioConfig.ts", "StudioSettings", defaultStudioSettings, false)}

## Options of a project

What \`layer\` of \`prometeu-packer/node\` and \`project\` take. \`hash\` is for \`project\` only: Node brings one.

${optionsIn("src/layers/Project.ts", "ProjectOptions")}

## Families

The catalog of a project whose host brings none of its own. \`Layer.succeed(FamilyCatalog, [...defaultFamilies, mine])\` adds
one, see [the guide](guide.md#4-families-of-your-own).

${
    table(
      ["family", "label", "files", "formats", "codecs", "metadata by default", "holds"],
      defaultFamilies.map(({ capacity, extensions, formats, id, label }) => [
        code(id),
        label,
        extensions.map(code).join(", "),
        formats.map(({ id }) => code(id)).join(", "),
        formats.flatMap(({ codecs }) => codecs).map(code).join(", "),
        formats.map(({ defaults }) => code(JSON.stringify(defaults))).join(", "),
        `${capacity.files} files, ${bytes(capacity.fileBytes)} each, ${bytes(capacity.totalBytes)} in all`
      ])
    )
  }
`
