/**
 * The way of a refresh: what is on disk is read, what nobody had noticed is shown and told, and then it is adopted.
 *
 * It runs in the lane, so that nothing is committed while it reads. The registry file may be rewritten by the committer
 * meanwhile, which is no change; it is read only if it is not the file that the committer expects.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

import { blocker } from "../../domain/Blocker.ts"
import { commitFailed, unstagedError } from "../../domain/Commit.ts"
import { AssetNotFound, CommandBlocked, CommitFailed, CommitUncertain, type PackerError } from "../../domain/Errors.ts"
import { scanDraft } from "../../domain/EventDrafts.ts"
import { registryIn, type RegistryRead } from "../../domain/Found.ts"
import { type AssetRef, type OperationId, showRef } from "../../domain/Identity.ts"
import { registryNotice } from "../../domain/Notice.ts"
import type { RefreshRequest } from "../../domain/OperationLedger.ts"
import { outcomeOf } from "../../domain/Outcome.ts"
import { advance } from "../../domain/Patch.ts"
import { type AssetRoot, parseRoot } from "../../domain/Path.ts"
import { givenUp, refreshAsset, refreshSteps } from "../../domain/Refresh.ts"
import { mergeWhatFits } from "../../domain/RegistryMerge.ts"
import { type FileSeen, type FileState, sameContent, type Scan, stateOf } from "../../domain/Seen.ts"
import { findAsset, readOnlyReason, type Snapshot } from "../../domain/Snapshot.ts"
import { layUnfinished } from "../../domain/Unfinished.ts"
import type { Warning } from "../../domain/Warning.ts"
import { scanDuration } from "./Instruments.ts"
import type { Lane } from "./Lane.ts"
import type { Operation } from "./Operations.ts"
import { expecting } from "./Planning.ts"

/** Reads everything again; the roots are those that the packer itself has just changed. */
export type Reload = (operation: Operation, own: ReadonlySet<AssetRoot>) => Effect.Effect<void>

/** A registry that a refresh goes on with. */
interface RegistryFound extends RegistryRead {
  readonly file: FileState
  readonly warnings: ReadonlyArray<Warning>
}

const registryPath = ".prometeu/index.json"

/** Reads all there is, and tells how far that is. */
const scanAll = (lane: Lane, operation: Operation) => {
  const { openingId, projectId } = lane.opening
  return lane.workspace.scan((progress) =>
    Effect.sync(() => {
      // One that was cancelled has ended, though it still reads.
      if (!lane.operations.isOpen(operation)) return
      lane.pump.tell([scanDraft(operation.id, { openingId, projectId }, progress)])
    })
  ).pipe(
    Effect.map((scan): Scan => {
      const { unfinished } = lane.committer.recovery
      return unfinished === undefined ? scan : layUnfinished(scan, unfinished)
    }),
    Effect.mapError(({ errno, path }) => new CommitFailed({ call: "list", path, errno })),
    Effect.withSpan("packer.scan"),
    Effect.trackDuration(scanDuration)
  )
}

/** The registry to go on with: the one that is known, or what somebody else made of the file, with our changes in it. */
const registryNow = Effect.fnUntraced(function*(
  lane: Lane,
  before: Snapshot,
  scan: Scan,
  onConflict: RefreshRequest["onConflict"]
): Effect.fn.Return<RegistryFound, PackerError> {
  const { committer } = lane
  const standstill = yield* committer.standstill
  const canWrite = standstill === undefined || standstill._tag === "RegistryConflict"
  const { expected, found } = yield* Effect.mapError(committer.registryFile, commitFailed)
  const isKnown = before.registryFacts.fault === undefined && standstill?._tag !== "RegistryConflict"
  if (isKnown && sameContent(expected, found)) {
    return { registry: before.registry, fault: undefined, file: found, warnings: [] }
  }
  const seen: FileSeen = canWrite
    ? yield* lane.workspace.readFile(registryPath, Number.MAX_SAFE_INTEGER)
    : scan.registry
  const file = stateOf(seen)
  const breather = yield* lane.breather
  const read = yield* breather.run(registryIn(seen))
  if (read.fault !== undefined) return { ...read, file, warnings: [] }
  const { conflict, givenUp: givesUp, registry } = mergeWhatFits(read.registry, yield* committer.unsaved)
  if (conflict !== undefined && onConflict !== "keep-file") return yield* conflict
  const warnings = conflict === undefined ? [] : givenUp(conflict)
  if (canWrite) {
    yield* committer.adoptRegistry({ state: file, registry, givesUp }).pipe(
      Effect.catch(Effect.fnUntraced(function*(unstaged) {
        // A flush that failed leaves open what the journal holds; every other refusal changed nothing.
        const doubt = yield* committer.standstill
        return yield* doubt?._tag === "Uncertain" && unstaged._tag === "Absent"
          ? new CommitUncertain(unstaged.fault)
          : unstagedError(unstaged)
      }))
    )
  }
  return { registry, fault: undefined, file, warnings }
})

/** Shows and tells what a scan found, in two steps: what nobody had noticed, and what is there from now on. */
const adopt = Effect.fnUntraced(function*(
  lane: Lane,
  id: OperationId,
  before: Snapshot,
  scan: Scan,
  registry: RegistryFound,
  own: ReadonlySet<AssetRoot>
) {
  const readOnly = yield* lane.readOnly
  const breather = yield* lane.breather
  const { adopted, noticed } = yield* breather.run(
    refreshSteps(before, scan, { operationId: id, at: lane.now(), registry, readOnly, own })
  )
  yield* lane.showFound(id, noticed)
  yield* lane.showFound(id, adopted)
  yield* lane.followStatus
  return { adopted, noticed }
})

/** Reads everything again, after a durable change that could not be brought into the snapshot. */
export const makeReload = (lane: Lane): Reload =>
  Effect.fnUntraced(function*(operation, own) {
    const scan = yield* scanAll(lane, operation)
    const before = lane.current()
    const { found } = yield* Effect.mapError(lane.committer.registryFile, commitFailed)
    const seen = yield* lane.workspace.readFile(registryPath, Number.MAX_SAFE_INTEGER)
    const breather = yield* lane.breather
    const read = yield* breather.run(registryIn(seen))
    const { registry } = mergeWhatFits(read.registry, yield* lane.committer.unsaved)
    yield* adopt(lane, operation.id, before, scan, { ...read, registry, file: found, warnings: [] }, own)
  }, Effect.catch((error) => Effect.die(error)))

/** Reads everything again and adopts it, to the terminal event. */
export const refreshEverything = Effect.fnUntraced(function*(
  lane: Lane,
  operation: Operation,
  { onConflict }: RefreshRequest
) {
  const { operations } = lane
  const scanned = yield* Effect.result(scanAll(lane, operation))
  if (!operations.begin(operation)) return
  if (Result.isFailure(scanned)) return operations.end(operation, Result.fail(scanned.failure))
  const { expected } = yield* Effect.orElseSucceed(
    lane.committer.registryFile,
    () => ({ expected: lane.current().registryFacts.state })
  )
  const before = expecting(lane.current(), expected)
  const registry = yield* Effect.result(registryNow(lane, before, scanned.success, onConflict))
  if (Result.isFailure(registry)) {
    if (registry.failure._tag === "RegistryConflict") noticeRegistry(lane, operation.id, before, scanned.success)
    yield* lane.checkStandstill(operation.id)
    return operations.end(operation, Result.fail(registry.failure))
  }
  const { adopted, noticed } = yield* adopt(lane, operation.id, before, scanned.success, registry.success, new Set())
  operations.end(
    operation,
    Result.succeed(outcomeOf(operation.id, noticed, adopted, registry.success.warnings)),
    { before, readOnly: readOnlyReason(adopted) }
  )
})

/** What contradicts our changes stays where it is, and blocks commands until somebody decides. */
const noticeRegistry = (lane: Lane, id: OperationId, before: Snapshot, scan: Scan): void => {
  const registryFacts = registryNotice(before, { at: lane.now(), registry: stateOf(scan.registry) })
  if (registryFacts !== undefined) {
    lane.show(id, advance(before, { facts: new Map(), registry: [], registryFacts }, id))
  }
}

/** Which root a reference names, also one that nobody knows of yet. */
const rootOf = (snapshot: Snapshot, ref: AssetRef): AssetRoot | undefined => {
  const known = findAsset(snapshot, ref)
  if (known !== undefined) return known.root
  return "root" in ref ? Result.getOrUndefined(parseRoot(ref.root)) : undefined
}

/** Reads one asset again and adopts it, to the terminal event. */
export const refreshOne = Effect.fnUntraced(function*(lane: Lane, operation: Operation, ref: AssetRef) {
  const { operations } = lane
  const fail = (error: PackerError) => operations.end(operation, Result.fail(error))
  const before = lane.current()
  const root = rootOf(before, ref)
  if (root === undefined) return fail(new AssetNotFound({ asset: showRef(ref) }))
  const spelling = before.assets.get(root)?.onDisk?.spelling ?? root
  const looked = yield* Effect.result(lane.workspace.observe([{ root, spelling, list: "adopt" }]))
  if (!operations.begin(operation)) return
  if (Result.isFailure(looked)) return fail(commitFailed(looked.failure))
  const seen = looked.success.roots.get(root)
  if (seen === undefined || (seen._tag === "Obstacle" && seen.kind === "unreadable")) {
    const path = seen === undefined ? root : seen.path
    const blockers = [blocker("workspace/unreadable", `"${path}" cannot be read`, { root, path })]
    return fail(new CommandBlocked({ command: `refreshAsset "${root}"`, blockers }))
  }
  const at = looked.success.at
  const { adopted, noticed } = refreshAsset(before, root, seen, { at, operationId: operation.id })
  if (before.assets.get(root) === undefined && adopted.assets.get(root) === undefined) {
    return fail(new AssetNotFound({ asset: showRef(ref) }))
  }
  yield* lane.showFound(operation.id, noticed)
  yield* lane.showFound(operation.id, adopted)
  operations.end(operation, Result.succeed(outcomeOf(operation.id, noticed, adopted, [])), { before })
})
