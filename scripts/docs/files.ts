/** `docs/files.md`, from the schemas of the files of a project. */
import { maxJsonDepth } from "../../src/domain/JsonValue.ts"
import { maxPathBytes, maxSegmentBytes } from "../../src/domain/Path.ts"
import { fieldTable } from "./commands.ts"
import { valueOf } from "./declarations.ts"
import { fieldsOf } from "./fields.ts"
import { heading } from "./markdown.ts"

const manifest = "src/domain/Manifest.ts"
const registry = "src/domain/RegistryCodec.ts"

/** The text of `docs/files.md`. */
export const filesPage = (): string =>
  `${
    heading("Files of a project", "the schemas that the packer reads them by")
  } The same schemas are published as JSON Schemas, for
editors and other programs: [\`schemas/asset.schema.json\`](../schemas/asset.schema.json) and
[\`schemas/index.schema.json\`](../schemas/index.schema.json), in the package as \`prometeu-packer/schemas/asset.schema.json\` and
\`prometeu-packer/schemas/index.schema.json\`.

Both are UTF-8 without a byte order mark, and strict JSON: no key twice, no comments, at most ${maxJsonDepth} levels deep. A JSON Schema
cannot say that; where it and the packer differ, the packer is right. Keys that are not in the tables are kept by every
edit, byte for byte: a \`$schema\` too, by which a text editor finds the schema.

## asset.json

The manifest of one asset, in the folder \`assets/<root>\` that it makes an asset root.

${fieldTable(fieldsOf(valueOf(manifest, "ManifestFile")))}

Each row of \`artifacts\`:

${fieldTable(fieldsOf(valueOf(manifest, "Artifact")))}

The \`output\`:

${fieldTable(fieldsOf(valueOf("src/domain/Family.ts", "Output")))}

\`\`\`json
{
  "schema_version": 1,
  "asset_uuid": "0198c0de-7000-7000-8000-000000000001",
  "name": "ui_atlas",
  "family": "tile_bank",
  "output": { "format": "TILES/indexed_v1", "codec": "none", "metadata": { "tile_size": 16 } },
  "artifacts": [
    { "index": 0, "file": "confirm.png" }
  ]
}
\`\`\`

## index.json

The registry of a project, \`assets/.prometeu/index.json\`. It is written in one canonical form, one line for each entry,
sorted by root, so that two branches that add assets merge line by line.

${fieldTable(fieldsOf(valueOf(registry, "RegistryFile")))}

Each entry:

${fieldTable(fieldsOf(valueOf(registry, "RegistryEntryFile")))}

An entry that does not fit is kept as it is, does not count, and is told as a [diagnostic](codes.md#diagnostics). A registry
that cannot be read at all makes the project read-only.

## Paths

Roots and files are relative, in Unicode NFC, with \`/\` between segments, at most ${maxSegmentBytes} bytes in a segment and
${maxPathBytes} in all. A path is accepted on every operating system or on none: no drive letters, backslashes, \`.\` or \`..\`,
control characters, names that Windows keeps for itself, no dot or space at the end of a segment, and nothing below
\`.prometeu\`. \`parseRoot\` and \`parseFile\` say why one is refused.

## The folder of the packer

\`assets/.prometeu/runtime\` belongs to one machine and ignores itself in version control: the journal, the lock, files that
are about to get their place, and the trash. Its format may change with any version; a project is handed on with
\`index.json\` and the asset folders alone.
`
