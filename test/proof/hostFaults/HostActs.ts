/** What a host does, done; and what is to be said of how it ends. */
import { Effect, Result } from "effect"
import { TestClock } from "effect/testing"
import type { Command } from "../../../src/domain/Command.ts"
import type { PackerError } from "../../../src/domain/Errors.ts"
import type { SinkReentry } from "../../../src/domain/StreamErrors.ts"
import { type HostCase, isReadOnly, judged, type Runtime, within } from "./HostCase.ts"
import { type HostEnding, untruths } from "./HostJudgement.ts"
import { differences } from "./HostReference.ts"
import type { HostAct } from "./HostWorkloads.ts"

const eventsOf = ({ told }: HostCase, id: string) => told.events.filter((event) => event.operation_id === id)

/** Gives commands at once, waits for all of them, and takes note of what came of each. */
export const perform = Effect.fnUntraced(function*(
  run: HostCase,
  runtime: Runtime,
  what: string,
  commands: ReadonlyArray<Command>
): Effect.fn.Return<ReadonlyArray<HostEnding>> {
  const { faulting, ledger, problems, reference } = run
  const wasReadOnly = yield* isReadOnly(runtime)
  const all = commands.map((command, index) => ({ command, id: `${what.replaceAll(" ", "-")}-${index + 1}` }))
  const results = yield* within(
    run,
    what,
    Effect.gen(function*() {
      // The first one gets no further than the disk before the others are accepted: they become a group.
      const gate = faulting.hold()
      const handles = yield* Effect.forEach(all, ({ command, id }) => runtime.submit(command, { operationId: id }))
      yield* gate.open
      return yield* Effect.forEach(handles, (handle) => Effect.result(handle.await))
    })
  )
  if (results === undefined) return []
  if (Result.isFailure(results)) {
    problems.push(`${what}: not accepted: ${JSON.stringify(results.failure)}`)
    return []
  }
  const ends: Array<HostEnding> = []
  for (const [index, given] of all.entries()) {
    const result = results.success[index]
    if (result === undefined) continue
    const ending = yield* judged(run, given.id, result, { runtime, wasReadOnly })
    problems.push(...untruths(eventsOf(run, given.id), result).map((problem) => `${given.id}: ${problem}`))
    ends.push(ending)
    if (Result.isSuccess(result)) {
      if (ending === "late" || ledger.isLate) ledger.mayStillBe((yield* reference(ledger.commands)).visible)
      ledger.succeeded(given)
    } else if (ending === "uncertain") ledger.isUncertain(given)
  }
  return ends
})

/** Asks for something that changes nothing; gives what came of it. */
const ask = Effect.fnUntraced(function*<A>(
  run: HostCase,
  runtime: Runtime,
  what: string,
  asking: Effect.Effect<A, PackerError | SinkReentry>
) {
  const wasReadOnly = yield* isReadOnly(runtime)
  const result = yield* within(run, what, asking)
  if (result !== undefined) yield* judged(run, what, result, { runtime, wasReadOnly })
  return result
})

/** Reads everything again; gives whether that succeeded. */
export const refresh = Effect.fnUntraced(function*(run: HostCase, runtime: Runtime, what: string) {
  const operationId = what.replaceAll(" ", "-")
  const result = yield* ask(run, runtime, what, runtime.refresh({ operationId }))
  if (result === undefined) return false
  run.problems.push(...untruths(eventsOf(run, operationId), result).map((problem) => `${what}: ${problem}`))
  if (Result.isSuccess(result)) run.ledger.wasRefreshed()
  return Result.isSuccess(result)
})

/** Does what a host does next. */
export const carryOut = Effect.fnUntraced(function*(run: HostCase, runtime: Runtime, what: string, next: HostAct) {
  const { comparison, disk, ledger, problems, reference, told } = run
  switch (next._tag) {
    case "commands":
      yield* perform(run, runtime, what, next.commands)
      return
    case "preview": {
      const count = told.events.length
      const before = comparison.onDisk(disk).whole
      yield* ask(run, runtime, what, runtime.preview(next.command))
      if (told.events.length > count) problems.push(`${what}: a preview tells something`)
      for (const [, text] of differences(comparison.onDisk(disk).whole, before)) problems.push(`${what}: ${text}`)
      return
    }
    case "refresh":
      yield* refresh(run, runtime, what)
      return
    case "refreshAsset": {
      const operationId = what.replaceAll(" ", "-")
      const result = yield* ask(run, runtime, what, runtime.refreshAsset(next.asset, { operationId }))
      if (result === undefined) return
      problems.push(...untruths(eventsOf(run, operationId), result).map((problem) => `${what}: ${problem}`))
      if (Result.isSuccess(result)) ledger.wasRefreshed()
      return
    }
    case "flush": {
      const result = yield* ask(run, runtime, what, runtime.flush)
      if (result === undefined || Result.isFailure(result)) return
      const { whole } = yield* reference(ledger.commands)
      const durable = disk.fork().crash(() => false)
      for (const [, text] of differences(comparison.onDisk(durable).whole, whole)) {
        problems.push(`${what}: not durable: ${text}`)
      }
      return
    }
    case "wait":
      yield* TestClock.adjust("20 seconds")
  }
})
