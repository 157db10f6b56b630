/** Opening: what a crash left is done with by now; what is on disk is read, and the first snapshot becomes visible. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SubscriptionRef from "effect/SubscriptionRef"

import type { OnDisk } from "../../domain/Asset.ts"
import type { Divergence } from "../../domain/Divergence.ts"
import { appliedDraft, failedDraft } from "../../domain/EndDrafts.ts"
import { Cancelled } from "../../domain/Errors.ts"
import { firstChanges, maxListed, type RecoveryReport } from "../../domain/Event.ts"
import { draftsOfOpening, scanDraft } from "../../domain/EventDrafts.ts"
import { registryIn, type RegistryRead } from "../../domain/Found.ts"
import type { OperationId } from "../../domain/Identity.ts"
import { openSteps } from "../../domain/Opening.ts"
import { OpeningError, ProjectUnreadable } from "../../domain/OpeningErrors.ts"
import { outcomeOf } from "../../domain/Outcome.ts"
import type { AssetRoot } from "../../domain/Path.ts"
import { onDiskOf } from "../../domain/Reading.ts"
import { parseReceipt } from "../../domain/Receipt.ts"
import type { RootScan, Scan } from "../../domain/Seen.ts"
import type { Settings } from "../../domain/Settings.ts"
import { readOnlyReason, type Snapshot } from "../../domain/Snapshot.ts"
import { standstillReason } from "../../domain/Standstill.ts"
import type { ProjectStatus } from "../../domain/Status.ts"
import { layUnfinished } from "../../domain/Unfinished.ts"
import type { DiskError } from "../../services/Disk.ts"
import { DurableCommitter, type Recovery } from "../../services/DurableCommitter.ts"
import { FamilyCatalog } from "../../services/FamilyCatalog.ts"
import { PackerConfig } from "../../services/PackerConfig.ts"
import { asFound, type ScanProgress, type Taking, Workspace } from "../../services/Workspace.ts"
import { makeBreather } from "../Breather.ts"
import { instrumentsOf, scanDuration } from "../Instruments.ts"
import { inSpan } from "../Spans.ts"
import { EventPump } from "./EventPump.ts"
import { ProjectOpening } from "./ProjectOpening.ts"
import { makeVisibleSnapshot, VisibleSnapshot } from "./VisibleSnapshot.ts"

/** How a project is that is open. */
export const statusOf = (snapshot: Snapshot): ProjectStatus => {
  const reason = readOnlyReason(snapshot)
  return reason === undefined ? { _tag: "ready" } : { _tag: "read-only", reason }
}

/** What recovery did, as the end of the opening tells it; `undefined` if there was nothing to do. */
const reportOf = ({ discarded, finished, overtaken }: Recovery): RecoveryReport | undefined => {
  if (finished.length + discarded.length + overtaken.length === 0) return undefined
  return {
    finished: finished.slice(0, maxListed).map(({ operationId, receipt }) => {
      const { action, changes } = parseReceipt(receipt) ?? {}
      return {
        operation_id: operationId,
        ...(action === undefined ? {} : { action }),
        ...(changes === undefined ? {} : { changes: firstChanges(changes) })
      }
    }),
    discarded: discarded.slice(0, maxListed),
    diverged: overtaken.slice(0, maxListed).map(({ kept, operationId, path, root }) => ({
      operation_id: operationId,
      root,
      path,
      ...(kept === undefined ? {} : { kept })
    })),
    totals: { finished: finished.length, discarded: discarded.length, diverged: overtaken.length }
  }
}

/** What is on disk, with what was made of the registry if anything was. */
interface Read {
  readonly scan: Scan<OnDisk | RootScan>
  readonly registry?: RegistryRead
}

/**
 * Makes of everything what an opening needs of it as soon as it is seen. It is a function of its own because what lives as
 * long as the project would keep all that is named where it was made.
 */
const readWhileScanning = (
  workspace: Workspace["Service"],
  settings: Settings,
  progress: Taking<OnDisk>["progress"]
): Effect.Effect<Read, DiskError> =>
  Effect.suspend(() => {
    let registry: RegistryRead | undefined
    const taking: Taking<OnDisk> = {
      progress,
      *registry(seen) {
        registry = yield* registryIn(seen)
      },
      root: (seen) => onDiskOf(seen, settings)
    }
    return Effect.map(workspace.scan(taking), (scan) => ({ scan, ...(registry === undefined ? {} : { registry }) }))
  })

const open = Effect.gen(function*() {
  const opening = yield* ProjectOpening
  const { openingId, operationId, projectId, startedAt } = opening
  const { batchLimit, manifestLimit, subscriberBuffer } = yield* PackerConfig
  const families = yield* FamilyCatalog
  const pump = yield* EventPump
  const workspace = yield* Workspace
  const { recovery, standstill } = yield* DurableCommitter
  const breather = yield* makeBreather
  const teller = { projectId, openingId }

  const settings = { families, manifestLimit, batchLimit }
  const { finished, overtaken, unfinished } = recovery
  const tellProgress = (progress: ScanProgress) =>
    Effect.sync(() => pump.tell([scanDraft(operationId, teller, progress)]))
  const reading = unfinished === undefined
    ? readWhileScanning(workspace, settings, tellProgress)
    : Effect.map(
      workspace.scan({ ...asFound, progress: tellProgress }),
      (scan): Read => ({ scan: layUnfinished(scan, unfinished) })
    )
  // What comes before runs for the first time in most processes, and takes as long as a slice may.
  yield* Effect.yieldNow
  const { registry, scan } = yield* reading.pipe(
    Effect.mapError(({ errno, path }) => new ProjectUnreadable({ path, errno })),
    inSpan("packer.scan"),
    Effect.trackDuration(scanDuration)
  )
  const nothingCommits = yield* standstill
  const snapshot = yield* breather.run(openSteps(scan, {
    projectId,
    openingId,
    settings,
    ...(registry === undefined ? {} : { registry }),
    readOnly: nothingCommits === undefined ? undefined : standstillReason(nothingCommits),
    divergences: new Map<AssetRoot, Divergence>(overtaken.map(({ divergence, root }) => [root, divergence]))
  }))
  const drafts = yield* breather.run(draftsOfOpening(operationId, snapshot))
  const report = reportOf(recovery)
  if (report !== undefined) {
    const { diverged, discarded, finished } = report.totals
    yield* Effect.logInfo(
      `Project "${projectId}" was not closed the last time: ${finished} operations were finished, ${discarded} had not ` +
        `become durable, ${diverged} files were changed by somebody else meanwhile`,
      report
    )
  }
  const readOnly = readOnlyReason(snapshot)
  if (readOnly !== undefined) yield* Effect.logWarning(`Project "${projectId}" is read-only: ${readOnly}`)

  const visible = yield* makeVisibleSnapshot(snapshot, subscriberBuffer)
  const endedAt = yield* Clock.currentTimeMillis
  const outcome = outcomeOf(operationId, snapshot, snapshot, [])
  const assets = snapshot.assets.size
  const result = `${assets} ${assets === 1 ? "asset" : "assets"}` +
    (finished.length === 0
      ? ""
      : `, ${finished.length} interrupted ${finished.length === 1 ? "operation" : "operations"} finished`)
  const instruments = instrumentsOf(projectId)
  yield* Metric.update(instruments.generation, snapshot.generation)
  yield* Metric.update(instruments.assets, assets)
  yield* Effect.annotateCurrentSpan({ generation: snapshot.generation, assets })
  const timing = { startedAt, endedAt }
  const applied = appliedDraft("open", outcome, snapshot, snapshot, timing, { readOnly, recovery: report, result })
  const tellIt = Effect.gen(function*() {
    opening.hasEnded = true
    yield* SubscriptionRef.set(opening.status, statusOf(visible.current()))
    yield* Metric.update(instruments.operations("open", "applied"), 1)
    pump.tell([...drafts, applied])
  })
  return Context.make(VisibleSnapshot, visible).pipe(
    Context.add(ProjectOpened, ProjectOpened.of({ tellIt: Effect.uninterruptible(tellIt) }))
  )
})

/** A project that was read, and is open when all else is ready too. */
export class ProjectOpened extends Context.Service<ProjectOpened, {
  /** Says so: the last step of an opening, which succeeds by it. */
  readonly tellIt: Effect.Effect<void>
}>()("prometeu-packer/layers/runtime/OpenProject/ProjectOpened") {}

/** Reads a project whose lock is held and whose journal is done with, and shows it. */
export const openProject: Layer.Layer<
  ProjectOpened | VisibleSnapshot,
  ProjectUnreadable,
  DurableCommitter | EventPump | ProjectOpening | Workspace
> = Layer.effectContext(
  Effect.flatMap(ProjectOpening, ({ operationId, projectId }) => {
    const names = { project: projectId, operation_id: operationId, command: "open" }
    return open.pipe(inSpan("packer.open", { attributes: names }), Effect.annotateLogs(names))
  })
)

/** Why an opening ended before its time. */
const errorOf = (exit: Exit.Exit<unknown, unknown>, operationId: OperationId, path: string) => {
  if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return new Cancelled({ operationId })
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  return isOpeningError(error) ? error : new ProjectUnreadable({ path, errno: "DEFECT" })
}

const isOpeningError = Schema.is(OpeningError)

/** Tells of an opening that failed, or was interrupted, when its scope ends. */
export const failedOpening = (root: string): Layer.Layer<never, never, EventPump | ProjectOpening> =>
  Layer.effectDiscard(Effect.gen(function*() {
    const opening = yield* ProjectOpening
    const pump = yield* EventPump
    yield* Effect.addFinalizer((exit) =>
      Effect.gen(function*() {
        if (opening.hasEnded) return
        const { openingId, operationId, projectId, startedAt } = opening
        const error = errorOf(exit, operationId, root)
        const endedAt = yield* Clock.currentTimeMillis
        yield* Metric.update(instrumentsOf(projectId).operations("open", error._tag), 1)
        pump.tell([failedDraft("open", operationId, error, { projectId, openingId }, { startedAt, endedAt })])
      })
    )
  }))
