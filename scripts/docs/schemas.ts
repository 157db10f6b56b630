/** The JSON Schemas of the files of a project, from the schemas that the packer reads them by. */
import { Schema } from "effect"
import { ManifestFile } from "../../src/domain/Manifest.ts"
import { RegistryFile } from "../../src/domain/RegistryCodec.ts"
import { valueOf } from "./declarations.ts"
import { fieldsOf } from "./fields.ts"

interface Shape {
  readonly [key: string]: unknown
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
}

/** A schema with the comment of each field as its description. */
const described = (shape: Shape, descriptions: Readonly<Record<string, string>>): Shape => ({
  ...shape,
  ...(shape.properties === undefined ? {} : {
    properties: Object.fromEntries(
      Object.entries(shape.properties).map(([name, field]) => {
        const description = descriptions[name]
        const told = description === undefined ? {} : { description: description.replaceAll("`", "") }
        return [name, { ...told, ...described(field, descriptions) }]
      })
    )
  }),
  ...(shape.items === undefined ? {} : { items: described(shape.items, descriptions) })
})

const descriptionsIn = (
  ...names: ReadonlyArray<readonly [file: string, name: string]>
): Readonly<Record<string, string>> =>
  Object.fromEntries(names.flatMap(([file, name]) => fieldsOf(valueOf(file, name)).map(({ doc, name }) => [name, doc])))

const page = (title: string, schema: Schema.Constraint, descriptions: Readonly<Record<string, string>>): string => {
  const { definitions, schema: shape } = Schema.toJsonSchemaDocument(schema)
  if (Object.keys(definitions).length > 0) throw new Error(`${title}: the schema has definitions of its own`)
  return `${
    JSON.stringify(
      { $schema: "https://json-schema.org/draft/2020-12/schema", title, ...described(shape, descriptions) },
      null,
      2
    )
  }\n`
}

/** The text of `schemas/asset.schema.json`. */
export const assetSchema = (): string =>
  page(
    "asset.json, the manifest of an asset",
    ManifestFile,
    descriptionsIn(
      ["src/domain/Family.ts", "Output"],
      ["src/domain/Manifest.ts", "Artifact"],
      ["src/domain/Manifest.ts", "ManifestFile"]
    )
  )

/** The text of `schemas/index.schema.json`. */
export const registrySchema = (): string =>
  page(
    "assets/.prometeu/index.json, the registry of a project",
    RegistryFile,
    descriptionsIn(["src/domain/RegistryCodec.ts", "RegistryEntryFile"], [
      "src/domain/RegistryCodec.ts",
      "RegistryFile"
    ])
  )
