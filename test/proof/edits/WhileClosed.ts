/**
 * Edits between a crash and the next opening, for every moment at which the crash can be: by the end of the process, and by
 * a loss of power that loses nothing, or everything that was not flushed.
 */
import { Cause, Effect, Exit } from "effect"
import type { Recovery } from "../../../src/services/DurableCommitter.ts"
import type { SimulatedDisk } from "../../../src/testing/SimulatedDisk.ts"
import { openCommitter, openSession } from "../../support/Session.ts"
import { assets } from "../crashes/CrashRecording.ts"
import { digest, found } from "../crashes/Expected.ts"
import { apply, around, type Edit, type Edited, isMarked, leavesMark, start } from "./Edited.ts"

/** What can have ended the packer, and what the machine is like after that. */
const ends: ReadonlyArray<readonly [what: string, boot: string, (disk: SimulatedDisk) => SimulatedDisk]> = [
  ["a kill", "boot-1", (disk) => disk.kill()],
  ["a loss of power that lost nothing", "boot-2", (disk) => disk.crash(() => true)],
  ["a loss of power", "boot-2", (disk) => disk.crash(() => false)]
]

/** Carries out the command; gives each moment of that, and the manifest that it writes. */
const carriedOut = Effect.fnUntraced(function*({ command, target }: Edited) {
  const disk = start()
  const moments: Array<readonly [before: string, disk: SimulatedDisk]> = []
  const before = disk.text(`${assets}/${target}`)
  yield* Effect.scoped(Effect.gen(function*() {
    const session = yield* openSession({ disk: disk.disk, prefix: "a" })
    disk.onCall(({ call, path }) => moments.push([`${call} ${path.slice(assets.length)}`, disk.fork()]))
    yield* session.run([command])
  }))
  disk.onCall(undefined)
  return { moments, before, planned: disk.text(`${assets}/${target}`) }
})

const reopened = ({ disk }: SimulatedDisk, prefix: string, boot: string) =>
  Effect.scoped(Effect.map(openCommitter({ disk, prefix, boot }), ({ recovery }) => recovery))

const isKept = (disk: SimulatedDisk, text: string | undefined): boolean =>
  text !== undefined &&
  disk.entries().some(([path]) => path.startsWith(`${assets}/.prometeu/runtime/trash/`) && disk.text(path) === text)

/** What is wrong with what an opening made of the manifest that was to be written. */
const manifestProblems = (
  disk: SimulatedDisk,
  { finished, overtaken }: Recovery,
  { edit, edited: { target }, ends, planned, was }: {
    readonly edited: Edited
    readonly edit: Edit
    readonly ends: string
    /** The manifest when the command was begun, and as the command wrote it. */
    readonly was: string | undefined
    readonly planned: string | undefined
  }
): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const is = disk.text(`${assets}/${target}`)
  if (edit === "remove" && ends === "a kill" && was !== undefined && is !== undefined) {
    problems.push("what somebody removed is there again")
  }
  if (finished.length > 0 && is !== planned) {
    if (!overtaken.some(({ path }) => path === target)) problems.push("what came in the way of it is not told")
    if (!isKept(disk, planned)) problems.push("what was to be written is lost")
  }
  return problems
}

/** Makes one kind of edit after every crash of a command, and calls back with what the next opening did about it. */
export const editWhileClosed = Effect.fnUntraced(function*(
  edited: Edited,
  edit: Edit,
  told: (end: string, problems: ReadonlyArray<string>) => void
) {
  const { before: was, moments, planned } = yield* carriedOut(edited)
  for (const [before, moment] of moments) {
    for (const [what, boot, end] of ends) {
      const left = end(moment)
      apply(left, edit, edited)
      const outside = around(left)
      const problems: Array<string> = []
      const opened = yield* Effect.exit(reopened(left, "b", boot))
      if (Exit.isFailure(opened)) problems.push(`it does not open: ${Cause.pretty(opened.cause)}`)
      else {
        if (edited.writes) {
          problems.push(...manifestProblems(left, opened.value, { edited, edit, ends: what, planned, was }))
        }
        const settled = digest(found(left, assets))
        const again = yield* Effect.exit(reopened(left, "c", boot))
        const isQuiet = Exit.isSuccess(again) && digest(found(left, assets)) === settled
        if (!isQuiet) problems.push("a second opening changes something, or fails")
      }
      if (around(left) !== outside) problems.push("something outside of the project has changed")
      if (leavesMark(edit) && !isMarked(left)) problems.push("the edit is gone")
      if (left.openFiles > 0) problems.push(`${left.openFiles} files are open`)
      const where = `${edited.name}: ${what} before ${before}, then "${edit}"`
      const isOvertaken = Exit.isSuccess(opened) && opened.value.overtaken.length > 0
      told(isOvertaken ? "Overtaken by then" : "Opened", problems.map((problem) => `${where}: ${problem}`))
    }
  }
})
