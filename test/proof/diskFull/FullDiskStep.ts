/** One step of the disk-full sweep: one shape of commit that meets one amount of room, and all that must hold of it. */
import { Effect, Result, Schedule, Schema } from "effect"
import * as fs from "node:fs"
import type { Command } from "../../../src/domain/Command.ts"
import { showCommand } from "../../../src/domain/Command.ts"
import { CommitFailed, CommitUncertain, ProjectReadOnly, PublishPending } from "../../../src/domain/Errors.ts"
import { ProjectFolder } from "../../../src/services/ProjectFolder.ts"
import type { CommitShape } from "./CommitShapes.ts"
import { knownTexts, type Reference } from "./FullDiskReference.ts"
import {
  foldersOf,
  keptNow,
  loseWhatIsNotFlushed,
  type OpenProject,
  putProject,
  type Told,
  whileOpen
} from "./FullProject.ts"
import { type Difference, isRegistry, leftovers, type PlainState, plainState } from "./PlainFiles.ts"
import type { Room, SmallDisk } from "./SmallDisk.ts"

/** What happens after a shape has met the full disk: the opening goes on and gets room again, or ends and has none. */
export type WhenFull = "goes on" | "closes"

/** What was looked at. */
export interface FullDiskTally {
  diskFullSteps: number
  diskFullSucceeded: number
  diskFullRefused: number
  diskFullLate: number
  diskFullUncertain: number
  diskFullReadOnly: number
}

/** What is known of a command. */
type Standing =
  | "done"
  /** Durable, and not everywhere in place. */
  | "late"
  | "refused"
  /** The disk would not say. */
  | "uncertain"

interface Member {
  readonly command: Command
  readonly difference: Difference
  standing: Standing
}

/** When it is looked: what may be behind is told by it. */
type Moment = "while open" | "closed while full" | "at the end"

const isDiskFault = Schema.is(Schema.Union([CommitFailed, CommitUncertain]))
const isUncertain = Schema.is(CommitUncertain)
const isReadOnly = Schema.is(ProjectReadOnly)
const isPending = Schema.is(PublishPending)

const show = (text: string | undefined): string =>
  text === undefined ? "nothing" : text.length > 120 ? `${text.slice(0, 120)}… (${text.length})` : text

/** What one step is about. */
export interface FullDiskStepOptions {
  readonly disk: SmallDisk
  readonly shape: CommitShape
  readonly reference: Reference
  readonly room: Room
  readonly amount: number
  readonly whenFull: WhenFull
  readonly tally: FullDiskTally
  /** How commands of which shape ended. */
  readonly ends: Set<string>
}

/** One step of the sweep. */
export class FullDiskStep {
  readonly problems: Array<string> = []
  readonly #options: FullDiskStepOptions
  readonly #root: string
  readonly #assets: string
  readonly #members: ReadonlyArray<Member>

  constructor(options: FullDiskStepOptions) {
    this.#options = options
    this.#root = options.disk.root
    this.#assets = ProjectFolder.at(this.#root).assets
    this.#members = [...options.shape.roomy, ...options.shape.full].map((command) => ({
      command,
      difference: options.reference.differences.get(command) ?? new Map(),
      standing: "refused"
    }))
  }

  /** What a key may be now. */
  #allowed(key: string, moment: Moment): ReadonlyArray<string | undefined> {
    const member = this.#members.find(({ difference }) => difference.has(key))
    if (member === undefined) return [this.#options.reference.before.get(key)]
    const [before, after] = member.difference.get(key) ?? []
    const isShown = key.startsWith("list:")
    const mayLag = moment !== "at the end" && isRegistry(key)
    switch (member.standing) {
      case "done":
        return mayLag ? [before, after] : [after]
      case "late":
        // What is durable is shown, wherever its files are.
        return isShown || moment === "at the end" ? [after] : [before, after]
      case "refused":
        return [before]
      case "uncertain":
        return [before, after]
    }
  }

  /** Compares with before or after; in between there is nothing. */
  #compare(found: PlainState, moment: Moment, where: string): void {
    const keys = new Set([...found.keys(), ...this.#options.reference.before.keys()])
    for (const { difference } of this.#members) for (const key of difference.keys()) keys.add(key)
    const isList = [...found.keys()].some((key) => key.startsWith("list:"))
    for (const key of keys) {
      if (key.startsWith("list:") !== isList) continue
      const allowed = this.#allowed(key, moment)
      if (allowed.includes(found.get(key))) continue
      this.problems.push(`${where}: ${key} is ${show(found.get(key))}, and not ${allowed.map(show).join(" or ")}`)
    }
  }

  #checkFiles(moment: Moment, where: string): void {
    this.#compare(plainState(this.#assets, knownTexts), moment, where)
  }

  /** What a command ended with, and whether it may have. */
  #judge(member: Member, { ends, result }: Told, readOnly: string | undefined, someAreLate: boolean): void {
    const { tally } = this.#options
    const name = showCommand(member.command)
    const kind = Result.isSuccess(result) ? "action_applied" : "action_failed"
    if (ends.length !== 1 || ends[0] !== kind) {
      this.problems.push(`${name}: its ends are ${ends.join(", ")}, not ${kind}`)
    }
    if (Result.isSuccess(result)) {
      const isLate = result.success.warnings.some(({ code }) => code === "commit/not-published")
      member.standing = isLate ? "late" : "done"
      if (isLate) tally.diskFullLate++
      tally.diskFullSucceeded++
    } else {
      const error = result.failure
      member.standing = isUncertain(error) ? "uncertain" : "refused"
      tally[isUncertain(error) ? "diskFullUncertain" : "diskFullRefused"]++
      const isNamed = isDiskFault(error) && error.errno === "ENOSPC" && error.call !== "" &&
        error.path.startsWith(`${this.#root}/`)
      const isFollowing = (isReadOnly(error) && readOnly !== undefined) || (isPending(error) && someAreLate)
      if (!isNamed && !isFollowing) this.problems.push(`${name} ended with ${String(error)}`)
      if (isUncertain(error) && readOnly === undefined) {
        this.problems.push(`${name} is uncertain, and the project writable`)
      }
    }
    this.#options.ends.add(`${this.#options.shape.name}: ${member.standing}`)
  }

  readonly #runAll = Effect.fnUntraced({ self: this }, function*(
    this: FullDiskStep,
    project: OpenProject,
    members: ReadonlyArray<Member>
  ) {
    const told = yield* project.run(members.map(({ command }) => command))
    const readOnly = yield* project.readOnly
    const someAreLate = told.some(({ result }) => Result.isSuccess(result) && result.success.warnings.length > 0)
    for (const [at, member] of members.entries()) {
      const one = told[at]
      if (one !== undefined) this.#judge(member, one, readOnly, someAreLate)
    }
    this.#compare(yield* project.listed, "while open", "shown")
    this.#checkFiles("while open", "on disk")
  })

  readonly #flush = Effect.fnUntraced(
    { self: this },
    function*(this: FullDiskStep, { readOnly, runtime }: OpenProject) {
      const flushed = yield* Effect.result(runtime.flush)
      const why = Result.isSuccess(flushed) ? undefined : flushed.failure
      const isReason = why === undefined || (isReadOnly(why) && (yield* readOnly) !== undefined) ||
        (isPending(why) && (why.roots.length > 0 || why.cause?.includes("ENOSPC") === true))
      if (!isReason) this.problems.push(`a flush ended with ${String(why)}`)
      this.#options.ends.add(`flush: ${why?._tag ?? "done"}`)
      this.#checkFiles("while open", "on disk after a flush")
    }
  )

  /** There is room again: what is late comes to its place by itself, and what was refused works. */
  readonly #goOn = Effect.fnUntraced({ self: this }, function*(this: FullDiskStep, project: OpenProject) {
    this.#options.disk.giveBack()
    const readOnly = yield* project.readOnly
    const settled = Effect.retry(project.runtime.flush, { times: 100, schedule: Schedule.spaced("20 millis") })
    if (readOnly === undefined && this.#members.some(({ standing }) => standing === "late")) {
      yield* Effect.ignore(settled)
    }
    const again = this.#members.filter(({ standing }) => standing === "refused")
    const told = yield* project.run(again.map(({ command }) => command))
    for (const [at, member] of again.entries()) {
      const result = told[at]?.result
      if (result !== undefined && Result.isSuccess(result)) member.standing = "done"
      else if (readOnly === undefined || result === undefined || !isReadOnly(result.failure)) {
        this.problems.push(`${showCommand(member.command)} with room again: ${String(result)}`)
      }
    }
    if (readOnly !== undefined) return
    const flushed = yield* Effect.result(project.runtime.flush)
    if (Result.isFailure(flushed)) this.problems.push(`flush with room again: ${String(flushed.failure)}`)
    for (const member of this.#members) if (member.standing === "late") member.standing = "done"
    this.#compare(yield* project.listed, "at the end", "shown with room again")
    this.#checkFiles("at the end", "on disk with room again")
  })

  /** Opens the project, and says so if it cannot be, or leaves something open. */
  readonly #open = Effect.fnUntraced({ self: this }, function*(
    this: FullDiskStep,
    where: string,
    body: (project: OpenProject) => Effect.Effect<void>
  ) {
    const checkpointsSoon = this.#options.amount % 2 === 0
    const result = yield* whileOpen({ root: this.#root, checkpointsSoon }, body)
    if (Result.isFailure(result)) this.problems.push(`${where}: ${result.failure}`)
    const open = this.#options.disk.openFiles()
    if (open.length > 0) this.problems.push(`${where}: left open ${open.join(", ")}`)
  })

  readonly #prepare = Effect.fnUntraced({ self: this }, function*(this: FullDiskStep, roomy: ReadonlyArray<Member>) {
    putProject(this.#root)
    if (!this.#options.shape.opensFull || roomy.length === 0) return
    const folders = foldersOf(this.#root)
    let kept: ReturnType<typeof keptNow> = new Map()
    const result = yield* whileOpen(
      { root: this.#root, checkpointsSoon: false },
      (project) =>
        Effect.gen({ self: this }, function*() {
          yield* this.#runAll(project, roomy)
          kept = keptNow(this.#root)
        })
    )
    if (Result.isFailure(result)) throw new Error(`where there is room: ${result.failure}`)
    loseWhatIsNotFlushed(this.#root, folders, kept)
    for (const member of roomy) member.standing = "late"
  })

  /** The whole step, from a new project to one that was closed with everything done. */
  readonly run: Effect.Effect<void> = Effect.gen({ self: this }, function*() {
    const { amount, disk, room, shape, tally, whenFull } = this.#options
    tally.diskFullSteps++
    disk.giveBack()
    const roomy = this.#members.slice(0, shape.roomy.length)
    const full = this.#members.slice(shape.roomy.length)
    yield* this.#prepare(roomy)
    if (shape.opensFull) disk.leave(room, amount)

    yield* this.#open("with little room", (project) =>
      Effect.gen({ self: this }, function*() {
        if (!shape.opensFull) {
          yield* this.#runAll(project, roomy)
          disk.leave(room, amount)
        } else if ((yield* project.readOnly) !== undefined) tally.diskFullReadOnly++
        this.#compare(yield* project.listed, "while open", "shown at first")
        yield* this.#runAll(project, full)
        if (amount % 3 === 0) yield* this.#flush(project)
        if (whenFull === "goes on") yield* this.#goOn(project)
      }))

    if (whenFull === "closes") {
      this.#checkFiles("closed while full", "on disk, closed while full")
      yield* this.#open("opened again while full", (project) =>
        Effect.gen({ self: this }, function*() {
          if ((yield* project.readOnly) !== undefined) tally.diskFullReadOnly++
          this.#compare(yield* project.listed, "while open", "shown, opened again while full")
        }))
      this.#checkFiles("closed while full", "on disk, opened and closed while full")
    }
    disk.giveBack()
    yield* this.#end
  })

  /** Opened again with room, the project is whole; what was refused works; closed, it is nothing but plain files. */
  get #end() {
    return Effect.gen({ self: this }, function*() {
      yield* this.#open("opened again", (project) =>
        Effect.gen({ self: this }, function*() {
          const readOnly = yield* project.readOnly
          if (readOnly !== undefined) this.problems.push(`read-only with room again: ${readOnly}`)
          this.#settle(yield* project.listed)
          for (const member of this.#members) if (member.standing === "late") member.standing = "done"
          this.#compare(yield* project.listed, "at the end", "shown, opened again")
          for (const member of this.#members.filter(({ standing }) => standing === "refused")) {
            const [told] = yield* project.run([member.command])
            if (told !== undefined && Result.isSuccess(told.result)) member.standing = "done"
            else this.problems.push(`${showCommand(member.command)}, opened again: ${String(told?.result)}`)
          }
        }))
      this.#checkFiles("at the end", "on disk at the end")
      for (const path of leftovers(this.#assets)) this.problems.push(`left over: ${path}`)

      // A quiet project is its plain files: nothing is lost without all the rest.
      fs.rmSync(ProjectFolder.at(this.#root).runtime, { recursive: true })
      yield* this.#open("opened without runtime/", (project) =>
        Effect.gen({ self: this }, function*() {
          this.#compare(yield* project.listed, "at the end", "shown without runtime/")
        }))
    })
  }

  /** What nobody knew is known now: all of it is there, or nothing. */
  #settle(listed: PlainState): void {
    for (const member of this.#members) {
      if (member.standing !== "uncertain") continue
      const shown = [...member.difference].filter(([key]) => key.startsWith("list:"))
      member.standing = shown.every(([key, [, after]]) => listed.get(key) === after) ? "done" : "refused"
    }
  }
}
