/**
 * What a snapshot is made of, as it travels: facts, and no consequence of them.
 *
 * These are schemas of the packer's own types, each checked against the type that it carries; they add none.
 */
import { Schema } from "effect"
import {
  Artifact,
  type Asset,
  AssetId,
  AssetRoot,
  AssetUuid,
  Diagnostic,
  DiagnosticCode,
  type DoubtfulEntry,
  type Facts,
  FilePath,
  type FileState,
  type Manifest,
  type ManifestProblem,
  type RegistryEntry,
  type RegistryFacts,
  type RegistryFault
} from "prometeu-packer"

const fingerprint = Schema.Struct({
  hash: Schema.String,
  size: Schema.Natural,
  mtimeMs: Schema.Finite,
  inode: Schema.String
})

const fileState: Schema.Codec<FileState, unknown> = Schema.TaggedUnion({
  Absent: {},
  File: { fingerprint },
  Planned: { bytes: Schema.Uint8Array },
  TooLarge: { size: Schema.Natural },
  Link: {},
  NoFile: {},
  Unreadable: {}
})

const place = {
  json: Schema.optionalKey(Schema.String),
  line: Schema.optionalKey(Schema.Natural),
  column: Schema.optionalKey(Schema.Natural)
}

const problem: Schema.Codec<ManifestProblem, unknown> = Schema.Struct({
  code: DiagnosticCode,
  cause: Schema.String,
  at: Schema.optionalKey(Schema.Struct(place))
})

const manifest: Schema.Codec<Manifest, unknown> = Schema.Struct({
  uuid: Schema.UndefinedOr(AssetUuid),
  name: Schema.String,
  family: Schema.String,
  output: Schema.Struct({ format: Schema.String, codec: Schema.String, metadata: Schema.JsonObject }),
  preload: Schema.Boolean,
  artifacts: Schema.Array(Artifact),
  hasInputsByRole: Schema.Boolean
})

const trouble = Schema.Struct({
  kind: Schema.Literals(["symlink", "illegal-name", "unreadable"]),
  path: Schema.String,
  reason: Schema.String
})

const divergence = Schema.Struct({ expected: fileState, found: fileState, noticedAt: Schema.Finite })

const facts: Schema.Codec<Facts, unknown> = Schema.Struct({
  onDisk: Schema.UndefinedOr(Schema.Struct({
    spelling: Schema.String,
    paths: Schema.Array(FilePath),
    sizes: Schema.Array(Schema.Natural),
    mtimesMs: Schema.Array(Schema.Finite),
    troubles: Schema.Array(trouble),
    reading: Schema.TaggedUnion({
      Valid: { manifest },
      Invalid: { problems: Schema.Array(problem) }
    }),
    manifestState: fileState
  })),
  divergence: Schema.UndefinedOr(divergence),
  notPublished: Schema.UndefinedOr(Schema.String)
})

const entry: Schema.Codec<RegistryEntry, unknown> = Schema.Struct({
  id: AssetId,
  uuid: AssetUuid,
  root: AssetRoot,
  included: Schema.Boolean,
  extra: Schema.String
})

const doubtfulEntry: Schema.Codec<DoubtfulEntry, unknown> = Schema.Struct({
  source: Schema.String,
  id: Schema.UndefinedOr(Schema.Finite),
  uuid: Schema.UndefinedOr(AssetUuid),
  root: Schema.UndefinedOr(AssetRoot),
  entry: Schema.UndefinedOr(entry),
  ownFault: Schema.UndefinedOr(
    Schema.Struct({ fault: Schema.Literals(["invalid-entry", "illegal-root"]), cause: Schema.String })
  ),
  faults: Schema.Array(Schema.Struct({
    fault: Schema.Literals(["invalid-entry", "illegal-root", "duplicate-id", "duplicate-uuid", "duplicate-root"]),
    cause: Schema.String
  }))
})

const isRegistryCode = (code: DiagnosticCode): code is RegistryFault["code"] => code.startsWith("registry/")

const registryFacts: Schema.Codec<RegistryFacts, unknown> = Schema.Struct({
  present: Schema.Boolean,
  state: fileState,
  fault: Schema.UndefinedOr(Schema.Struct({
    code: DiagnosticCode.pipe(Schema.refine(isRegistryCode)),
    cause: Schema.String,
    at: Schema.optionalKey(Schema.Struct({ line: place.line, column: place.column }))
  })),
  divergence: Schema.UndefinedOr(divergence)
})

/** What is known of one root: nothing of it is there any more where there are no facts. */
export const RootFacts = Schema.Struct({
  root: AssetRoot,
  facts: Schema.UndefinedOr(facts),
  entry: Schema.UndefinedOr(entry)
})
/** What is known of one root. */
export type RootFacts = typeof RootFacts.Type

/** What is known of a project besides its roots. */
export const ProjectFacts = Schema.Struct({
  registryFacts,
  doubtful: Schema.Array(doubtfulEntry),
  readOnly: Schema.UndefinedOr(Schema.String),
  troubles: Schema.Array(Diagnostic)
})
/** What is known of a project besides its roots. */
export type ProjectFacts = typeof ProjectFacts.Type

/** What is known of a root, taken from its asset. */
export const rootFactsOf = (root: AssetRoot, asset: Asset | undefined): RootFacts => {
  if (asset === undefined) return { root, facts: undefined, entry: undefined }
  const { divergence, entry, notPublished, onDisk } = asset
  return { root, facts: { onDisk, divergence, notPublished }, entry }
}
