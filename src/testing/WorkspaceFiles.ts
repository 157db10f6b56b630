/** The files of a project, made from a few words: for disks in memory, and for folders. */
import { testUuid } from "./ProjectTree.ts"

/** One asset of a workspace. */
export interface AssetFiles {
  /** Fields of its manifest that are to be different; `undefined` leaves a field out. A text is the whole manifest. */
  readonly manifest?: Readonly<Record<string, unknown>> | string
  /** What lies beside the manifest, by path relative to the asset. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** Registers it under this id, with the uuid `testUuid(id)` in its manifest. */
  readonly id?: number
  readonly includedInBuild?: boolean
}

/** A valid manifest with some of its fields different; `undefined` leaves a field out. */
export const manifestText = (fields: Readonly<Record<string, unknown>> = {}): string =>
  `${
    JSON.stringify(
      {
        schema_version: 1,
        name: "thing",
        family: "tile_bank",
        output: { format: "TILES/indexed_v1", codec: "none", metadata: { tile_size: 16 } },
        ...fields
      },
      null,
      2
    )
  }\n`

const manifestOf = ({ id, manifest = {} }: AssetFiles): string => {
  if (typeof manifest === "string") return manifest
  return manifestText({ ...(id === undefined ? {} : { asset_uuid: testUuid(id) }), ...manifest })
}

/** A registry entry as the file has it. */
const entryOf = (root: string, { id = 0, includedInBuild = true }: AssetFiles): string =>
  JSON.stringify({ asset_id: id, asset_uuid: testUuid(id), root, included_in_build: includedInBuild })

/**
 * The files of a project with these assets, by path relative to the project's folder. There is a registry if any of them is
 * registered.
 *
 * @example
 * const files = workspaceFiles({ "ui/atlas": { id: 1, files: { "a.png": "(pixels)" } } })
 */
export const workspaceFiles = (
  assets: Readonly<Record<string, AssetFiles>>
): Readonly<Record<string, string | Uint8Array>> => {
  const files: Record<string, string | Uint8Array> = {}
  const entries: Array<string> = []
  for (const [root, asset] of Object.entries(assets)) {
    files[`assets/${root}/asset.json`] = manifestOf(asset)
    for (const [path, content] of Object.entries(asset.files ?? {})) files[`assets/${root}/${path}`] = content
    if (asset.id !== undefined) entries.push(entryOf(root, asset))
  }
  if (entries.length > 0) {
    files["assets/.prometeu/index.json"] = `{\n  "schema_version": 1,\n  "assets": [\n    ${
      entries.join(",\n    ")
    }\n  ]\n}\n`
  }
  return files
}

/** The same files in another folder: by absolute path, as a disk in memory takes them. */
export const inFolder = (
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>
): Readonly<Record<string, string | Uint8Array>> =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]))
