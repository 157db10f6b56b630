/**
 * Faults that are put into a copy of the source, to see that the proof finds them.
 *
 * Each is a small patch: a text that stands once in a file, and what takes its place. One that no longer applies is an
 * error: then the source has changed, and the fault has to be put where it belongs now.
 */

/** The checks that look for a fault, by the names of the parts they are. */
export type Check = "crashes" | "hostCrashes" | "faults" | "edits" | "hostFaults" | "histories" | "fuzz"

/** One change of a file of `src`. */
interface Edit {
  readonly file: string
  readonly find: string
  readonly put: string
}

/** A fault, and what is known of it. */
export interface Mutant {
  readonly name: string
  readonly edits: ReadonlyArray<Edit>
  /** The check that should see it first; the others look after it. */
  readonly first: Check
  /** Why nothing can be wrong with it: what else keeps the promise. Then it must not be caught. */
  readonly redundant?: string
}

/** A fault that is one change. */
const one = (name: string, first: Check, file: string, find: string, put: string, redundant?: string): Mutant => ({
  name,
  edits: [{ file, find, put }],
  first,
  ...(redundant === undefined ? {} : { redundant })
})

/** All of them. */
export const mutants: ReadonlyArray<Mutant> = [
  one(
    "answer before the flush",
    "crashes",
    "layers/journal/Journal.ts",
    "      yield* Effect.mapError(named(file.flushData), (fault): AppendFault => ({ _tag: \"NotFlushed\", fault }))\n",
    ""
  ),
  one(
    "checkpoint without flushing the files",
    "crashes",
    "layers/commit/Unflushed.ts",
    "  yield* Effect.forEach(files, (path) => told(flushFile(path)), { concurrency: flushesAtOnce, discard: true })\n",
    ""
  ),
  one(
    "checkpoint without flushing the folders",
    "crashes",
    "layers/commit/Unflushed.ts",
    "new Set([...folders, ...ways])",
    "new Set<string>()"
  ),
  one(
    "no flush of a new parent before a rename into it",
    "crashes",
    "layers/commit/Publishing.ts",
    "  if ((yield* obstacleTo(publishing, to)) === undefined) yield* flushWay(publishing, to)\n",
    ""
  ),
  one(
    "no folder flush between two moves of one plan",
    "crashes",
    "layers/commit/Publishing.ts",
    "  return yield* certain(flushBothEnds(publishing, from, to))\n",
    "  return done\n"
  ),
  one(
    "a single header slot",
    "crashes",
    "layers/journal/Journal.ts",
    "const other = slot === slots[0] ? slots[1] : slots[0]",
    "const other = slot"
  ),
  one(
    "checksum ignored",
    "crashes",
    "layers/journal/Frames.ts",
    "  if (checksum(bytes, at, length) !== bytes.readUInt32LE(at + 28)) return undefined\n",
    ""
  ),
  one(
    "stale tail accepted",
    "crashes",
    "layers/journal/Frames.ts",
    "    if (frame?.epoch !== header.epoch || frame.lsn !== lsn) break\n",
    "    if (frame === undefined) break\n"
  ),
  one(
    "epoch of a frame ignored",
    "crashes",
    "layers/journal/Frames.ts",
    "    if (frame?.epoch !== header.epoch || frame.lsn !== lsn) break\n",
    "    if (frame?.lsn !== lsn) break\n"
  ),
  one(
    "number of a frame ignored",
    "crashes",
    "layers/journal/Frames.ts",
    "    if (frame?.epoch !== header.epoch || frame.lsn !== lsn) break\n",
    "    if (frame?.epoch !== header.epoch) break\n",
    "the whole frames of one epoch stand one behind the other, and reading ends at the first that is not whole"
  ),
  one(
    "redo over unknown bytes",
    "edits",
    "domain/Redo.ts",
    "      return mayBeTorn && isTorn ? \"keep-and-write\" : \"leave\"\n",
    "      return mayBeTorn && isTorn ? \"keep-and-write\" : \"write\"\n"
  ),
  one(
    "a removed file is made again",
    "edits",
    "domain/Redo.ts",
    "      return history.before === undefined || mayBeTorn ? \"write\" : \"leave\"\n",
    "      return \"write\"\n"
  ),
  one(
    "what was to be written is not kept",
    "edits",
    "layers/commit/RedoFiles.ts",
    "yield* keep(redoing, operationId, root, \"the asset.json that was to be written\", bytes)",
    "undefined"
  ),
  one(
    "what was overtaken is not told",
    "edits",
    "layers/commit/RedoFiles.ts",
    "    overtaken.push({ operationId, path, root, divergence, kept })\n",
    ""
  ),
  one(
    "redo that is not idempotent",
    "crashes",
    "layers/commit/RedoFolders.ts",
    "    if (step._tag !== \"MoveFolder\" || !(yield* isFolderMoved(looking, record, step))) continue\n",
    "    if (step._tag !== \"CopyFolder\") continue\n"
  ),
  one(
    "recovery forgets before what it did is flushed",
    "crashes",
    "layers/commit/Recovery.ts",
    "    yield* flushNoted(terms, redoing.unflushed, 0, () => undefined)\n",
    ""
  ),
  one(
    "recovery believes what a crash can take back",
    "crashes",
    "layers/commit/Recovery.ts",
    "    yield* journal.settle\n",
    ""
  ),
  one(
    "short write taken for success",
    "faults",
    "layers/WholeWrite.ts",
    "    written += taken\n",
    "    written = bytes.length\n"
  ),
  {
    name: "temporary names repeated across lives",
    first: "crashes",
    edits: [
      {
        file: "layers/commit/Staging.ts",
        find: "/** How much of a file is written at once. */\n",
        put: "const given = new WeakMap<object, number>()\n\n/** How much of a file is written at once. */\n"
      },
      {
        file: "layers/commit/Staging.ts",
        find: "  const path = `${folder.stage}/${yield* uniqueName(host)}`\n",
        put:
          "  given.set(host, (given.get(host) ?? 0) + 1)\n  const path = `${folder.stage}/staged-${given.get(host)}`\n"
      }
    ]
  },
  one(
    "precondition skipped",
    "edits",
    "layers/commit/Footing.ts",
    "  if (sameContent(before, found)) return\n",
    "  if (found._tag !== \"Absent\") return\n"
  ),
  one(
    "a file counts as untouched whatever its measures",
    "edits",
    "layers/Sight.ts",
    " && stat.size === known.size && stat.mtimeMs === known.mtimeMs && stat.inode === known.inode\n",
    " && known.size >= 0\n"
  ),
  one(
    "what is at a place is not looked at once more",
    "edits",
    "layers/commit/Publishing.ts",
    "  if (!isPlanned) return yield* overtaken(expected, found)\n",
    ""
  ),
  {
    name: "trash purged before the checkpoint",
    first: "crashes",
    edits: [
      {
        file: "layers/JournaledCommitter.ts",
        find: "    yield* checkpoint(committer, books, journal, { alone, needed: 0, withRegistry: true })\n",
        put: ""
      },
      {
        file: "layers/JournaledCommitter.ts",
        find: "      staging.withPermit(purgeTrash(committer, isTrashInUse)),\n",
        put: "      staging.withPermit(purgeTrash(committer, () => false)),\n"
      },
      {
        file: "layers/JournaledCommitter.ts",
        find: "    return undefined\n  }).pipe(\n    Effect.catch((fault) => {\n",
        put: "    yield* checkpoint(committer, books, journal, { alone, needed: 0, withRegistry: true })\n" +
          "    return undefined\n  }).pipe(\n    Effect.catch((fault) => {\n"
      }
    ]
  },
  one(
    "a large file is not flushed before its record",
    "crashes",
    "layers/commit/Staging.ts",
    "yield* stageFile(terms, bytes, true) : undefined",
    "yield* stageFile(terms, bytes, false) : undefined"
  ),
  one(
    "the name of a large file is not flushed before its record",
    "crashes",
    "layers/commit/Staging.ts",
    "  if (aside.blobs.length > 0) yield* disk.flushFolder(folder.stage)\n",
    ""
  ),
  one(
    "a registry that is not flushed before its rename",
    "crashes",
    "layers/commit/Checkpoint.ts",
    "yield* breather.run(printRegistrySteps(registry)), true)",
    "yield* breather.run(printRegistrySteps(registry)), false)"
  ),
  one(
    "a checkpoint forgets what was committed meanwhile",
    "crashes",
    "layers/commit/Checkpoint.ts",
    "      if (entry.count > count) return { entry, steps: entry.steps, registry: entry.registry }\n",
    ""
  ),
  {
    name: "a failed flush is tried again",
    first: "faults",
    edits: [
      {
        file: "layers/JournaledCommitter.ts",
        find:
          "      if (leavesDoubt(fault)) books.standstill ??= { _tag: \"Uncertain\", fault }\n      return Effect.as(",
        put: "      return Effect.as("
      },
      {
        file: "layers/commit/Checkpoint.ts",
        find: "    if (leavesDoubt(fault)) books.standstill ??= { _tag: \"Uncertain\", fault }\n",
        put: ""
      }
    ]
  },
  one(
    "patch before the commit",
    "hostCrashes",
    "layers/runtime/CommandWay.ts",
    "  const finish = Effect.flatMap(makeDurable(way, group), ",
    "  for (const { accepted, after, step } of group) {\n" +
      "    if (step._tag === \"Staged\") way.lane.show(accepted.operation.id, after)\n  }\n" +
      "  const finish = Effect.flatMap(makeDurable(way, group), "
  ),
  one(
    "event before the patch",
    "hostCrashes",
    "layers/runtime/LaneTools.ts",
    "    visible.show(next)\n    generation.updateUnsafe(next.generation, context)\n" +
      "    assets.updateUnsafe(next.assets.size, context)\n    pump.tell(drafts)\n",
    "    pump.tell(drafts)\n    visible.show(next)\n"
  ),
  one(
    "two terminal events",
    "hostCrashes",
    "layers/runtime/Operations.ts",
    "    pump.tell([draft], () => {\n",
    "    pump.tell([draft, draft], () => {\n"
  ),
  one(
    "a gap in position",
    "hostCrashes",
    "layers/runtime/Numbering.ts",
    "position: ++position,",
    "position: position += draft.kind === \"asset_changed\" ? 2 : 1,"
  ),
  one(
    "answer before the event",
    "hostCrashes",
    "layers/runtime/Operations.ts",
    "    pump.tell([draft], () => {\n      running.delete(id)\n",
    "    Deferred.doneUnsafe(ending.ending, Effect.fromResult(result))\n" +
      "    pump.tell([draft], () => {\n      running.delete(id)\n"
  ),
  one(
    "a refused one of a group fails those after it",
    "histories",
    "layers/runtime/CommandWay.ts",
    "    if (result === undefined && hasFailed) again.push(accepted)\n    else {\n",
    "    if (result === undefined && hasFailed) again.length = 0\n    else {\n"
  )
]
