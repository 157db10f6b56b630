/**
 * Edits while a command is carried out, at each of its calls.
 *
 * The moments that are left out are those between the last look at a place, or at the way to it, and the call that puts
 * something there: no system has a call that does both.
 */
import { Cause, Effect, Exit, Scope } from "effect"
import type { CommitResult } from "../../../src/domain/Commit.ts"
import { isInside } from "../../../src/domain/Path.ts"
import { aroundDisk, type DiskCall } from "../../../src/testing/DiskCall.ts"
import { openCommitter, openSession } from "../../support/Session.ts"
import { assets } from "../crashes/CrashRecording.ts"
import { apply, around, type Edit, type Edited, isMarked, leavesMark, start } from "./Edited.ts"

/** The journal, also before it gets that name. */
const journal = `${assets}/.prometeu/runtime/journal`
const looks = new Set(["stat", "open", "readFile"])
const puts = new Set(["open", "makeFolder", "rename", "link", "removeFile", "removeFolder"])

const isPut = ({ call, path, to }: DiskCall, place: string): boolean =>
  to === place || (puts.has(call) && call !== "rename" && path === place)

/** True if the call is the one that follows the last look at what is edited. */
const isTooLate = (call: DiskCall, edit: Edit, { target, way }: Edited): boolean => {
  if (edit !== "link on the way") return isPut(call, `${assets}/${target}`) && call.mode !== "read"
  // Between two looks, only one that changes something tells where the last look at the way was.
  if (!puts.has(call.call) && !call.call.startsWith("flush")) return true
  const goesThrough = (path: string | undefined) => path !== undefined && isInside(path, `${assets}/${way}`)
  return goesThrough(call.path) || goesThrough(call.to) || call.path === `${assets}/${way}`
}

/** What a run with an edit at a call comes to; without one, it tells the calls there are. */
const run = Effect.fnUntraced(function*(edited: Edited, edit: Edit | undefined, at: number) {
  const { command, target, writes } = edited
  const place = `${assets}/${target}`
  const disk = start()
  const before = around(disk)
  const problems: Array<string> = []
  const calls: Array<DiskCall> = []
  const so = { isRunning: false, isPublished: false, isEdited: false, isEarly: false, isSeen: false, isFlushed: false }
  const watched = aroundDisk(disk.disk, (call, run) =>
    Effect.suspend(() => {
      if (calls.push(call) - 1 === at && edit !== undefined && !isTooLate(call, edit, edited)) {
        so.isEdited = true
        so.isEarly = so.isRunning && !so.isPublished
        apply(disk, edit, edited)
      }
      if (call.call === "rename" && call.to === place) so.isPublished = true
      if (so.isEarly && !so.isFlushed && looks.has(call.call) && call.path === place) so.isSeen = true
      if (so.isRunning && call.call === "flushData" && call.path.startsWith(journal)) so.isFlushed = true
      return run
    }))
  const scope = yield* Scope.make()
  const session = yield* Scope.provide(openSession({ disk: watched, prefix: "a" }), scope)
  so.isRunning = true
  const endings = yield* Effect.exit(session.run([command]))
  so.isRunning = false
  let result: CommitResult | undefined
  if (Exit.isFailure(endings)) problems.push(Cause.pretty(endings.cause))
  else {
    const [ending] = endings.value
    if (ending?._tag === "Ended") result = ending.result
  }
  const isPlain = result?._tag === "Durable" && result.diverged.size + result.notPublished.size === 0
  const isBlind = edit === "remove" && command._tag === "create"
  if (so.isEarly && isPlain && writes && !isBlind) problems.push("it was overlooked")
  if (so.isSeen && so.isFlushed && writes && !isBlind && edit !== "link on the way") {
    problems.push("it was seen, and the command was committed all the same")
  }
  if (result?._tag === "Unknown") problems.push(`it is unknown: ${JSON.stringify(result.fault)}`)
  const look = (when: string): void => {
    if (around(disk) !== before) problems.push(`${when}, something outside of the project has changed`)
    if (so.isEdited && edit !== undefined && leavesMark(edit) && !isMarked(disk)) {
      problems.push(`${when}, the edit is gone`)
    }
  }
  look("at once")
  yield* Scope.close(scope, Exit.void)
  look("when it is closed")
  if (disk.openFiles > 0) problems.push(`${disk.openFiles} files are open`)
  const reopened = yield* Effect.exit(Effect.scoped(openCommitter({ disk: disk.disk, prefix: "b" })))
  if (Exit.isFailure(reopened)) problems.push(Cause.pretty(reopened.cause))
  look("when it is opened again")
  const end = result === undefined ? "Refused" : result._tag === "Durable" && !isPlain ? "Overtaken" : result._tag
  return { problems, calls, end, isEdited: so.isEdited }
})

/** Makes one kind of edit at each call of a command, and calls back with what came of each. */
export const editWhileOpen = Effect.fnUntraced(function*(
  edited: Edited,
  edit: Edit,
  told: (end: string, problems: ReadonlyArray<string>) => void
) {
  const { calls } = yield* run(edited, undefined, -1)
  for (const [at, { call, path }] of calls.entries()) {
    const { end, isEdited, problems } = yield* run(edited, edit, at)
    if (!isEdited) continue
    const where = `${edited.name}: "${edit}" before ${call} ${path.slice(assets.length)} (call ${at})`
    told(end, problems.map((problem) => `${where}: ${problem}`))
  }
})
