/**
 * The way of a refresh: what is on disk is read, what nobody had noticed is shown and told, and then it is adopted.
 *
 * It runs in the lane, so that nothing is committed while it reads. The registry file may be rewritten by the committer
 * meanwhile, which is no change: it is asked once what it expects and what is there, and only a file that it does not
 * expect is read.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

import { blocker } from "../../domain/Blocker.ts"
import { commitFailed, unstagedError } from "../../domain/Commit.ts"
import {
  AssetNotFound,
  Cancelled,
  CommandBlocked,
  type CommitFailed,
  CommitUncertain,
  type PackerError,
  type RegistryConflict
} from "../../domain/Errors.ts"
import { scanDraft } from "../../domain/EventDrafts.ts"
import { registryIn, type RegistryRead } from "../../domain/Found.ts"
import { type AssetRef, type OperationId, showRef } from "../../domain/Identity.ts"
import { registryNotice } from "../../domain/Notice.ts"
import type { RefreshRequest } from "../../domain/OperationLedger.ts"
import { outcomeOf } from "../../domain/Outcome.ts"
import { advance } from "../../domain/Patch.ts"
import { type AssetRoot, meet, parseRoot } from "../../domain/Path.ts"
import { givenUp, refreshAsset, type RefreshFacts, refreshSteps } from "../../domain/Refresh.ts"
import { mergeWhatFits } from "../../domain/RegistryMerge.ts"
import { type FileState, sameContent, type Scan, stateOf } from "../../domain/Seen.ts"
import { findAsset, readOnlyReason, type Snapshot } from "../../domain/Snapshot.ts"
import { layUnfinished } from "../../domain/Unfinished.ts"
import type { Warning } from "../../domain/Warning.ts"
import { asFound, type ScanProgress } from "../../services/Workspace.ts"
import { makeBreather } from "../Breather.ts"
import { scanDuration } from "../Instruments.ts"
import { inSpan } from "../Spans.ts"
import type { LaneTools } from "./LaneTools.ts"
import type { Operation } from "./Operations.ts"
import { expecting } from "./Planning.ts"

const registryPath = ".prometeu/index.json"

/** Reads all there is, and tells how far that is. */
const scanAll = (lane: LaneTools, operation: Operation): Effect.Effect<Scan, Cancelled | CommitFailed> => {
  const { openingId, projectId } = lane.opening
  const progress = (progress: ScanProgress) =>
    Effect.sync(() => {
      // One that was cancelled has ended, though it still reads.
      if (!lane.operations.isOpen(operation)) return
      lane.pump.tell([scanDraft(operation.id, { openingId, projectId }, progress)])
    })
  const scanned = lane.workspace.scan({ ...asFound, progress }).pipe(
    Effect.map((scan) => {
      const { unfinished } = lane.committer.recovery
      const found = unfinished === undefined ? scan : layUnfinished(scan, unfinished)
      // What is durably elsewhere counts there; that its folder is still here is nobody's asset.
      const { sources } = lane.late()
      if (sources.length === 0) return found
      return {
        ...found,
        roots: found.roots.filter(({ spelling }) => !sources.some((source) => meet(spelling, source)))
      }
    }),
    Effect.mapError(commitFailed),
    inSpan("packer.scan"),
    Effect.trackDuration(scanDuration)
  )
  // What was cancelled is not read to its end, while others wait for their turn.
  const cancelled = Effect.andThen(operation.ended.await, Effect.fail(new Cancelled({ operationId: operation.id })))
  return Effect.raceFirst(scanned, cancelled)
}

/** The registry that is there, with those changes of ours in it that are not in its file yet. */
interface RegistryThere extends RegistryRead {
  readonly file: FileState
  /** What of ours the file contradicts, and which entries that is about. */
  readonly conflict: RegistryConflict | undefined
  readonly givesUp: ReadonlySet<number>
  /** True if somebody else wrote the file, so that it has to be adopted. */
  readonly isForeign: boolean
}

/** Finds out what the registry is; also gives the snapshot that expects the file which the committer wrote last. */
const lookAtRegistry = Effect.fnUntraced(function*(lane: LaneTools, scan: Scan) {
  const { committer } = lane
  const standstill = yield* committer.standstill
  const { expected, found } = yield* Effect.mapError(committer.registryFile, commitFailed)
  const before = expecting(lane.current(), expected)
  const none = { conflict: undefined, givesUp: new Set<number>() }
  const isUnderstood = before.registryFacts.fault === undefined && standstill?._tag !== "RegistryConflict"
  if (isUnderstood && sameContent(expected, found)) {
    const there: RegistryThere = { registry: before.registry, fault: undefined, file: found, ...none, isForeign: false }
    return { before, there }
  }
  // Where nothing can be written, what is durable and not in place was laid over what the scan found.
  const canWrite = standstill === undefined || standstill._tag === "RegistryConflict"
  const seen = canWrite ? yield* lane.workspace.readFile(registryPath, lane.registryLimit) : scan.registry
  const breather = yield* makeBreather
  const read = yield* breather.run(registryIn(seen))
  const file = stateOf(seen)
  if (read.fault !== undefined) {
    const there: RegistryThere = { ...read, file, ...none, isForeign: false }
    return { before, there }
  }
  const { conflict, givenUp: givesUp, registry } = mergeWhatFits(read.registry, yield* committer.unsaved)
  const there: RegistryThere = { registry, fault: undefined, file, conflict, givesUp, isForeign: canWrite }
  return { before, there }
})

/** Goes on from a registry file that somebody else wrote; gives what is to be said of changes that were given up. */
const adoptRegistry = Effect.fnUntraced(function*(
  { committer }: LaneTools,
  { conflict, file, givesUp, isForeign, registry }: RegistryThere,
  onConflict: RefreshRequest["onConflict"]
): Effect.fn.Return<ReadonlyArray<Warning>, PackerError> {
  if (conflict !== undefined && onConflict !== "keep-file") return yield* conflict
  const adopted = isForeign
    ? yield* Effect.result(committer.adoptRegistry({ state: file, registry, givesUp }))
    : Result.void
  if (Result.isSuccess(adopted)) {
    if (conflict === undefined) return []
    // That ids of what was given up were given out is in no journal any more: it is written at once.
    yield* committer.flush
    return givenUp(conflict)
  }
  // A flush that failed leaves open what the journal holds; every other refusal changed nothing.
  const doubt = yield* committer.standstill
  const unstaged = adopted.failure
  return yield* doubt?._tag === "Uncertain" && unstaged._tag === "Absent"
    ? new CommitUncertain(unstaged.fault)
    : unstagedError(unstaged)
})

/** Shows and tells what a scan found, in two steps: what nobody had noticed, and what is there from now on. */
const adoptFound = Effect.fnUntraced(function*(
  lane: LaneTools,
  before: Snapshot,
  scan: Scan,
  facts: Pick<RefreshFacts, "operationId" | "registry" | "own">
) {
  const readOnly = yield* lane.readOnly
  const breather = yield* makeBreather
  const { adopted, noticed } = yield* breather.run(refreshSteps(before, scan, { ...facts, at: lane.now(), readOnly }))
  yield* lane.showFound(facts.operationId, noticed)
  yield* lane.showFound(facts.operationId, adopted)
  yield* lane.followStatus
  return { adopted, noticed }
})

/** Reads everything again and adopts it, to the terminal event. */
export const refreshEverything = Effect.fnUntraced(function*(
  lane: LaneTools,
  operation: Operation,
  { onConflict }: RefreshRequest
) {
  const { operations } = lane
  const { id } = operation
  const fail = (error: PackerError) => operations.end(operation, Result.fail(error))
  const scan = yield* Effect.result(scanAll(lane, operation))
  if (!operations.begin(operation)) return
  if (Result.isFailure(scan)) return fail(scan.failure)
  const looked = yield* Effect.result(lookAtRegistry(lane, scan.success))
  if (Result.isFailure(looked)) return fail(looked.failure)
  const { before, there } = looked.success
  const warnings = yield* Effect.result(adoptRegistry(lane, there, onConflict))
  if (Result.isFailure(warnings)) {
    if (warnings.failure._tag === "RegistryConflict") noticeRegistry(lane, id, before, there.file)
    yield* lane.checkStandstill(id)
    return fail(warnings.failure)
  }
  const { adopted, noticed } = yield* adoptFound(lane, before, scan.success, { operationId: id, registry: there })
  const outcome = outcomeOf(id, noticed, adopted, warnings.success)
  operations.end(operation, Result.succeed(outcome), { before, readOnly: readOnlyReason(adopted) })
})

/** What contradicts our changes stays where it is, and blocks commands until somebody decides. */
const noticeRegistry = (lane: LaneTools, id: OperationId, before: Snapshot, registry: FileState): void => {
  const registryFacts = registryNotice(before, { at: lane.now(), registry })
  if (registryFacts !== undefined) {
    lane.show(id, advance(before, { facts: new Map(), registry: [], registryFacts }, id))
  }
}

/**
 * Reads everything again after a durable change of these roots that could not be brought into the snapshot. If that is
 * not possible either, which it says, nothing is committed on a snapshot that is not true any more.
 */
export const reload = Effect.fnUntraced(
  function*(lane: LaneTools, operation: Operation, own: ReadonlySet<AssetRoot>) {
    const scan = yield* scanAll(lane, operation)
    const { before, there } = yield* lookAtRegistry(lane, scan)
    // The registry in memory lacks the change too; the file and what is not in it yet have everything.
    const breather = yield* makeBreather
    const read = yield* breather.run(registryIn(yield* lane.workspace.readFile(registryPath, lane.registryLimit)))
    const { registry } = mergeWhatFits(read.registry, yield* lane.committer.unsaved)
    yield* adoptFound(lane, before, scan, { operationId: operation.id, registry: { ...there, registry }, own })
    return true
  },
  (effect, lane, operation) =>
    Effect.catch(effect, (error) => {
      const reason = `a durable change could not be shown, and reading it again failed: ${error.message}`
      return Effect.as(lane.distrust(operation.id, reason), false)
    })
)

/** Which root a reference names, also one that nobody knows of yet. */
const rootOf = (snapshot: Snapshot, ref: AssetRef): AssetRoot | undefined => {
  const known = findAsset(snapshot, ref)
  if (known !== undefined) return known.root
  return "root" in ref ? Result.getOrUndefined(parseRoot(ref.root)) : undefined
}

/** Reads one asset again and adopts it, to the terminal event. */
export const refreshOne = Effect.fnUntraced(function*(lane: LaneTools, operation: Operation, ref: AssetRef) {
  const { operations } = lane
  const fail = (error: PackerError) => operations.end(operation, Result.fail(error))
  const before = lane.current()
  const root = rootOf(before, ref)
  const isElsewhere = root !== undefined && before.assets.get(root) === undefined &&
    lane.late().sources.some((source) => meet(root, source))
  if (root === undefined || isElsewhere) return fail(new AssetNotFound({ asset: showRef(ref) }))
  const spelling = before.assets.get(root)?.onDisk?.spelling ?? root
  const looked = yield* Effect.result(lane.workspace.observe([{ root, spelling, list: "adopt" }]))
  if (!operations.begin(operation)) return
  if (Result.isFailure(looked)) return fail(commitFailed(looked.failure))
  const { at, roots } = looked.success
  const seen = roots.get(root)
  if (seen === undefined || (seen._tag === "Obstacle" && seen.kind === "unreadable")) {
    const path = seen === undefined ? root : seen.path
    const blockers = [blocker("workspace/unreadable", `"${path}" cannot be read`, { root, path })]
    return fail(new CommandBlocked({ command: `refreshAsset "${root}"`, blockers }))
  }
  const { adopted, noticed } = refreshAsset(before, root, seen, { at, operationId: operation.id })
  if (before.assets.get(root) === undefined && adopted.assets.get(root) === undefined) {
    return fail(new AssetNotFound({ asset: showRef(ref) }))
  }
  yield* lane.showFound(operation.id, noticed)
  yield* lane.showFound(operation.id, adopted)
  operations.end(operation, Result.succeed(outcomeOf(operation.id, noticed, adopted, [])), { before })
})
