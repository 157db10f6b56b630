/** Opening a project again after a fault: what was acknowledged is there, what was refused is not, and it is told. */
import { Cause, Effect, Exit, Scope } from "effect"
import type { Command } from "../../../src/domain/Command.ts"
import { isTerminal } from "../../../src/domain/Event.ts"
import type { SimulatedDisk } from "../../../src/testing/SimulatedDisk.ts"
import type { TestIdentity } from "../../../src/testing/TestHost.ts"
import { illegalities } from "../../support/Legal.ts"
import { leftovers } from "../crashes/Expected.ts"
import { bounded } from "./Bounded.ts"
import { assets, type comparing, differences, type references } from "./HostReference.ts"
import { nothingTold, openHost } from "./OpenHost.ts"

/** A command that was given, under the id that it was given. */
export interface Given {
  readonly id: string
  readonly command: Command
}

/** One way in which it may have gone: what of what was given has happened, in order. */
export interface Branch {
  readonly row: ReadonlyArray<Given>
  /** Something of the last flush did not happen: then nothing behind it did. */
  readonly isCut: boolean
}

/** What may be found. */
export interface Possible {
  readonly branches: ReadonlyArray<Branch>
  /** What nobody knows of whether it happened. */
  readonly uncertain: ReadonlyArray<Given>
  /** What recovery may finish besides: what was durable when it all began. */
  readonly unfinished: ReadonlyArray<string>
}

/** How what is found is looked at. */
export interface Eyes {
  readonly reference: ReturnType<typeof references>
  readonly comparison: ReturnType<typeof comparing>
}

const commandsOf = (row: ReadonlyArray<Given>): ReadonlyArray<Command> => row.map(({ command }) => command)

/** Opens a disk that has no faults any more, and says what is wrong with what is found. */
export const reopen = Effect.fnUntraced(function*(
  disk: SimulatedDisk,
  { branches, uncertain, unfinished }: Possible,
  { comparison, reference }: Eyes,
  { prefix, process }: { readonly prefix: string; readonly process: TestIdentity }
) {
  const told = nothingTold()
  /** Opens, does something, closes; gives what was wrong with that. */
  const within = Effect.fnUntraced(function*<A, E>(
    body: (runtime: Effect.Success<ReturnType<typeof openHost>>) => Effect.Effect<A, E>
  ) {
    told.events.length = 0
    const scope = yield* Scope.make()
    const exit = yield* bounded(
      Effect.flatMap(openHost({ disk: disk.disk, prefix, process }, told, scope), body).pipe(
        Effect.onExit((exit) => Scope.close(scope, exit))
      )
    )
    if (exit === undefined) return ["hangs"]
    const problems = [...told.defects, ...illegalities(told.events)]
    return Exit.isFailure(exit) ? [...problems, `does not open: ${Cause.pretty(exit.cause)}`] : problems
  })

  const problems: Array<string> = []
  let happened: Branch | undefined
  const first = yield* within(Effect.fnUntraced(function*(runtime) {
    const status = yield* runtime.status
    if (status._tag !== "ready") problems.push(`opens ${JSON.stringify(status)}`)
    const { snapshot } = yield* runtime.snapshot
    const is = comparison.shown(snapshot)
    const wrong: Array<string> = []
    for (const branch of branches) {
      const other = differences(is, (yield* reference(commandsOf(branch.row))).shown)
      if (other.length === 0) happened ??= branch
      else wrong.push(other.map(([, text]) => text).join("; "))
    }
    if (happened === undefined) problems.push(`shown: ${wrong.join(" or ")}`)
    // Under its own id, what happened after all does not happen twice.
    for (const { command, id } of uncertain) {
      if (happened?.row.some((given) => given.id === id)) yield* runtime.execute(command, { operationId: id })
    }
  }))
  problems.push(...first)
  const end = told.events.find(isTerminal)
  if (end?.kind !== "action_applied" || end.details.action !== "open") problems.push("the opening is not told")
  else {
    const finished = end.details.recovery?.finished.map(({ operation_id }) => String(operation_id)) ?? []
    const there = happened?.row.map(({ id }) => id) ?? []
    for (const id of finished) {
      if (![...there, ...unfinished].includes(id)) problems.push(`${id} is told as finished`)
    }
    for (const { id } of uncertain) {
      if (there.includes(id) && !finished.includes(id)) problems.push(`${id} happened, and is not told`)
    }
    if ((end.details.recovery?.totals.diverged ?? 0) > 0) problems.push("an edit that nobody made")
  }
  if (happened === undefined || problems.length > 0) return problems
  const { row } = happened
  const { whole } = yield* reference(commandsOf(row))
  const look = (what: string, expected: typeof whole) => {
    for (const [, text] of differences(comparison.onDisk(disk).whole, expected)) problems.push(`${what}: ${text}`)
    for (const path of leftovers(disk, assets)) problems.push(`${what}: left behind: ${path}`)
    if (disk.openFiles > 0) problems.push(`${what}: ${disk.openFiles} files are open`)
  }
  look("on disk", whole)

  // And what did not happen can be done under it.
  const missing = uncertain.filter(({ id }) => !row.some((given) => given.id === id))
  problems.push(
    ...yield* within((runtime) =>
      Effect.forEach(missing, ({ command, id }) => runtime.execute(command, { operationId: id }))
    )
  )
  const second = told.events.find(isTerminal)
  if (second?.kind !== "action_applied" || second.details.recovery !== undefined) {
    problems.push("a second opening found something to finish")
  }
  look("opened once more", (yield* reference(commandsOf([...row, ...missing]))).whole)
  return problems
})
