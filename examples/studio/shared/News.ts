/** What a page is told of a project, in order: first all that is known, and then whatever becomes different. */
import { Schema } from "effect"
import {
  AssetRoot,
  Diagnostic,
  Generation,
  OperationId,
  PackerEvent,
  ProjectStatus,
  type SnapshotChange
} from "prometeu-packer"

import { ProjectFacts, RootFacts } from "./Facts.ts"
import { ProjectInfo } from "./ProjectInfo.ts"

const change: Schema.Codec<SnapshotChange, unknown> = Schema.Struct({
  generation: Generation,
  operationId: Schema.optionalKey(OperationId),
  added: Schema.Array(AssetRoot),
  updated: Schema.Array(AssetRoot),
  removed: Schema.Array(AssetRoot)
})

/**
 * What a page is told.
 *
 * `Opened` comes first and says that nothing is known yet. `Project` and `Roots` tell what is different, in as many pieces as
 * it takes, and nothing of it is to be seen before `Shown`, which says which generation it is.
 */
export const News = Schema.TaggedUnion({
  Opened: { project: ProjectInfo, status: ProjectStatus },
  Project: { facts: ProjectFacts },
  Roots: { roots: Schema.Array(RootFacts) },
  Shown: {
    /** The generations since the last time, each with who made it. The last one is what is shown. */
    changes: Schema.NonEmptyArray(change),
    position: Schema.Natural,
    diagnostics: Schema.Array(Diagnostic),
    registry: Schema.Struct({
      nextId: Schema.Finite,
      lowNextId: Schema.UndefinedOr(Schema.Finite),
      extra: Schema.Array(Schema.String)
    })
  },
  Told: { event: PackerEvent },
  Status: { status: ProjectStatus }
})
/** What a page is told. */
export type News = typeof News.Type
