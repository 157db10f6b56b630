import { assert, describe, expect, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
import { Command } from "../../src/domain/Command.ts"
import type { PackerError } from "../../src/domain/Errors.ts"
import { CommitFailed } from "../../src/domain/Errors.ts"
import { Generation, OperationId, ProjectId } from "../../src/domain/Identity.ts"
import {
  accept,
  begin,
  cancel,
  close,
  emptyLedger,
  end,
  type OperationLedger
} from "../../src/domain/OperationLedger.ts"
import type { Outcome } from "../../src/domain/Outcome.ts"
import { contentHash } from "../../src/testing/ProjectTree.ts"

const project = ProjectId.make("game")
const id = (text: string): OperationId => OperationId.make(text)

const applied = (operationId: OperationId, generation: number): Result.Result<Outcome, PackerError> =>
  Result.succeed({
    operationId,
    generation: Generation.make(generation),
    changes: { added: [], updated: [], removed: [] },
    warnings: []
  })
const failed = (errno: string): Result.Result<Outcome, PackerError> =>
  Result.fail(new CommitFailed({ call: "write", path: "a", errno }))

/** The same command, with its keys in one order and in the other. */
const register = [
  Command.register({ root: "a", identity: "new" }),
  { identity: "new", root: "a", _tag: "register" }
] as const satisfies ReadonlyArray<Command>
const create = [
  Command.create({
    root: "a",
    name: "A",
    family: "tile_bank",
    output: { format: "f", metadata: { "1": { x: 1, y: [{ p: 1, q: 2 }] }, b: null } }
  }),
  {
    output: { metadata: { b: null, "1": { y: [{ q: 2, p: 1 }], x: 1 } }, format: "f" },
    family: "tile_bank",
    name: "A",
    root: "a",
    _tag: "create"
  }
] as const satisfies ReadonlyArray<Command>
const batch = [
  Command.batch({ commands: [register[0], create[0]] }),
  { commands: [register[1], create[1]], _tag: "batch" }
] as const satisfies ReadonlyArray<Command>

/** Commands that are like the ones above, and others. */
const others: ReadonlyArray<Command> = [
  Command.register({ root: "a" }),
  Command.register({ root: "A", identity: "new" }),
  Command.register({ root: "a", identity: "keep" }),
  Command.create({ root: "a", name: "A", family: "tile_bank" }),
  Command.create({
    root: "a",
    name: "A",
    family: "tile_bank",
    output: { format: "f", metadata: { "1": { x: 1, y: [{ p: 2, q: 1 }] }, b: null } }
  }),
  Command.batch({ commands: [create[0], register[0]] }),
  Command.batch({ commands: [register[0]] }),
  Command.delete({ asset: { id: 1 } }),
  Command.delete({ asset: { uuid: "1" } }),
  Command.delete({ asset: { root: "1" } }),
  Command.unregister({ asset: { id: 1 } })
]

/** The ledger after a command was accepted that must be accepted. */
const accepting = (ledger: OperationLedger, name: string, command: Command = register[0]): OperationLedger =>
  Result.getOrThrow(accept(ledger, name, command)).ledger

/** How far an operation is, as a retry of its command finds it. */
const stateOf = (ledger: OperationLedger, name: string, command: Command = register[0]) =>
  Result.getOrThrow(accept(ledger, name, command)).known

const empty = emptyLedger(project, 10, contentHash)

describe("accepting a command", () => {
  it("knows nothing of it before, and waits with it then", () => {
    const accepted = Result.getOrThrow(accept(empty, "a", register[0]))
    expect(accepted.known).toBe(undefined)
    expect(accepted.operationId).toBe("a")
    expect(stateOf(accepted.ledger, "a")).toEqual({ _tag: "accepted" })
    expect(stateOf(empty, "a")).toBe(undefined)
  })

  it("of the same id and the same command is the same operation, and changes nothing", () => {
    const ledger = accepting(empty, "a")
    expect(Result.getOrThrow(accept(ledger, "a", register[0])).ledger).toBe(ledger)
    const ended = end(ledger, id("a"), applied(id("a"), 7))
    expect(Result.getOrThrow(accept(ended, "a", register[0]))).toMatchObject({
      ledger: ended,
      operationId: "a",
      known: { _tag: "ended", result: applied(id("a"), 7) }
    })
  })

  it.each([["a command", register], ["its output", create], ["its parts", batch]])(
    "does not mind in which order the keys of %s stand",
    (_, [one, same]) => {
      expect(stateOf(accepting(empty, "a", one), "a", same)).toEqual({ _tag: "accepted" })
      expect(stateOf(accepting(empty, "a", same), "a", one)).toEqual({ _tag: "accepted" })
    }
  )

  it("of the same id and another command is a conflict, also when it is running, ended or closing", () => {
    const commands = [register[0], create[0], batch[0], ...others]
    for (const command of commands) {
      const accepted = accepting(empty, "a", command)
      const running = begin(accepted, id("a"))
      const ended = end(running, id("a"), failed("EIO"))
      for (const ledger of [accepted, running, ended, close(accepted), close(ended)]) {
        for (const other of commands) {
          const result = accept(ledger, "a", other)
          if (other === command) assert.isTrue(Result.isSuccess(result))
          else {
            assert(Result.isFailure(result))
            assert.strictEqual(result.failure._tag, "OperationIdConflict")
            assert.include(result.failure.message, "Operation id a ")
          }
        }
      }
    }
  })

  it.each(["", " ", "a b", "a/b", "é", "a\n", "\na", "a.b", "a:1", "😀", "x".repeat(65)])(
    "under the bad id %j is no command, closing or not",
    (name) => {
      for (const ledger of [empty, close(empty)]) {
        const result = accept(ledger, name, register[0])
        assert(Result.isFailure(result))
        assert(result.failure._tag === "InvalidCommand")
        expect(result.failure.issues.map((issue) => issue.path)).toEqual(["$.operationId"])
      }
    }
  )

  it.each(["a", "_", "-", "0", "AZaz09_-", "x".repeat(64), "__proto__", "constructor"])(
    "works under the id %j",
    (name) => {
      expect(stateOf(empty, name)).toBe(undefined)
      expect(stateOf(accepting(empty, name), name)).toEqual({ _tag: "accepted" })
    }
  )

  it("is over when the project closes; what is known is still answered, and finished", () => {
    const ledger = close(accepting(empty, "a"))
    const result = accept(ledger, "b", register[0])
    assert(Result.isFailure(result))
    assert(result.failure._tag === "RuntimeClosed")
    expect(result.failure.projectId).toBe(project)
    expect(stateOf(ledger, "a")).toEqual({ _tag: "accepted" })
    const ended = end(begin(ledger, id("a")), id("a"), applied(id("a"), 2))
    expect(stateOf(ended, "a")).toEqual({ _tag: "ended", result: applied(id("a"), 2) })
  })
})

describe("an operation", () => {
  const ledger = accepting(empty, "a")

  const cancelled = (ledger: OperationLedger): OperationLedger => {
    const error = cancel(ledger, id("a"))
    return error === undefined ? ledger : end(ledger, id("a"), Result.fail(error))
  }

  it("is cancelled while it waits, and says so to retries", () => {
    const state = stateOf(cancelled(ledger), "a")
    assert(state?._tag === "ended" && Result.isFailure(state.result))
    expect(state.result.failure).toMatchObject({ _tag: "Cancelled", operationId: "a" })
  })

  it("is not cancelled after it entered a commit, after it ended, twice, or if nobody knows it", () => {
    const running = begin(ledger, id("a"))
    const late = [running, end(running, id("a"), failed("EIO")), cancelled(ledger), empty]
    for (const ledger of late) expect(cancel(ledger, id("a"))).toBeUndefined()
  })

  it("enters a commit once, and only while it waits", () => {
    const running = begin(ledger, id("a"))
    expect(stateOf(running, "a")).toEqual({ _tag: "committing" })
    for (const other of [running, cancelled(ledger), empty]) {
      expect(begin(other, id("a"))).toBe(other)
    }
  })

  it("ends once: the first end counts", () => {
    const ended = end(ledger, id("a"), applied(id("a"), 3))
    expect(end(ended, id("a"), failed("EIO"))).toBe(ended)
    expect(cancel(ended, id("a"))).toBeUndefined()
    expect(end(empty, id("a"), failed("EIO"))).toBe(empty)
    expect(stateOf(ended, "a")).toEqual({ _tag: "ended", result: applied(id("a"), 3) })
  })
})

describe("the ledger", () => {
  it.each([0, 1, 3])("remembers the newest %i that ended, in the order in which they ended", (capacity) => {
    const names = ["a", "b", "c", "d", "e"]
    const accepted = names.reduce(
      (ledger, name) => accepting(ledger, name),
      emptyLedger(project, capacity, contentHash)
    )
    const ended = names.toReversed().reduce((ledger, name) => end(ledger, id(name), failed(name)), accepted)
    for (const [place, name] of names.entries()) {
      expect(stateOf(ended, name)?._tag).toBe(place < capacity ? "ended" : undefined)
    }
  })

  it("never forgets what runs, however much ends", () => {
    let ledger = begin(accepting(accepting(emptyLedger(project, 2, contentHash), "waiting"), "running"), id("running"))
    for (let i = 0; i < 100; i++) ledger = end(accepting(ledger, `n${i}`), id(`n${i}`), failed("EIO"))
    expect(stateOf(ledger, "waiting")).toEqual({ _tag: "accepted" })
    expect(stateOf(ledger, "running")).toEqual({ _tag: "committing" })
    expect([...ledger.operations]).toHaveLength(4)
  })

  /** What hosts and the lane do, in any order. */
  interface Move {
    readonly kind: "accept" | "begin" | "end" | "cancel" | "close"
    readonly name: string
    readonly command: Command
  }
  const commands: readonly [Command, ...ReadonlyArray<Command>] = [...register, ...create, ...batch, ...others]
  const kinds = ["accept", "accept", "accept", "begin", "end", "end", "cancel", "close"] as const
  const moves = Arbitrary.array(
    Arbitrary.map(
      Arbitrary.all([
        Arbitrary.schema(Schema.Literals(kinds)),
        Arbitrary.schema(Schema.Literals("abcdefghijklmno".split(""))),
        Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: commands.length - 1 }))),
        Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 })))
      ]),
      // Most operations have the first command, so that many tries are retries; closing is rare.
      ([kind, name, command, luck]): Move => ({
        kind: kind === "close" && luck > 0 ? "accept" : kind,
        name,
        command: luck < 7 ? commands[0] : commands[command] ?? commands[0]
      })
    ),
    { minLength: 60, maxLength: 160 }
  )
  /** Which of the commands are one and the same. */
  const sameAs = (command: Command): Command => {
    for (const [one, same] of [register, create, batch]) if (command === same) return one
    return command
  }

  it.prop(
    "answers as a plain table of all operations does, but for old ones it has forgotten",
    { moves },
    ({ moves }) => {
      const capacity = 4
      let ledger = emptyLedger(project, capacity, contentHash)
      let closing = false
      const table = new Map<string, { readonly command: Command; readonly state: ReturnType<typeof stateOf> }>()
      const endings: Array<string> = []
      const mayForget = (name: string): boolean =>
        table.get(name)?.state?._tag === "ended" && !endings.slice(-capacity).includes(name)
      const endInTable = (name: string, result: Result.Result<Outcome, PackerError>): void => {
        const known = table.get(name)
        if (known === undefined || known.state?._tag === "ended") return
        table.set(name, { ...known, state: { _tag: "ended", result } })
        endings.push(name)
      }
      for (const [i, { command, kind, name }] of moves.entries()) {
        switch (kind) {
          case "accept": {
            const result = accept(ledger, name, command)
            const remembered = ledger.operations.get(name) !== undefined
            if (!remembered) assert.isTrue(!table.has(name) || mayForget(name), `${name} is forgotten`)
            const known = remembered ? table.get(name) : undefined
            if (Result.isFailure(result)) {
              const reason = known === undefined ? "RuntimeClosed" : "OperationIdConflict"
              assert.strictEqual(result.failure._tag, reason)
              assert.isTrue(known === undefined ? closing : sameAs(command) !== known.command)
              break
            }
            assert.deepStrictEqual(result.success.known, known?.state)
            if (known === undefined) {
              assert.isFalse(closing)
              table.set(name, { command: sameAs(command), state: { _tag: "accepted" } })
            } else assert.strictEqual(sameAs(command), known.command)
            ledger = result.success.ledger
            break
          }
          case "begin": {
            ledger = begin(ledger, id(name))
            const known = table.get(name)
            if (known?.state?._tag === "accepted") table.set(name, { ...known, state: { _tag: "committing" } })
            break
          }
          case "end": {
            const result = applied(id(name), i + 1)
            ledger = end(ledger, id(name), result)
            endInTable(name, result)
            break
          }
          case "cancel": {
            const waits = table.get(name)?.state?._tag === "accepted"
            const cancelled = cancel(ledger, id(name))
            assert.strictEqual(cancelled !== undefined, waits)
            if (cancelled === undefined) break
            ledger = end(ledger, id(name), Result.fail(cancelled))
            endInTable(name, Result.fail(cancelled))
            break
          }
          case "close":
            ledger = close(ledger)
            closing = true
            break
        }
        const running = [...table.values()].filter(({ state }) => state?._tag !== "ended").length
        assert.isAtMost([...ledger.operations].length, running + capacity, "it forgets what it need not remember")
      }
      for (const [name, { command, state }] of table) {
        if (mayForget(name) && ledger.operations.get(name) === undefined) continue
        assert.deepStrictEqual(stateOf(ledger, name, command), state)
      }
    },
    { arbitrary: { runs: 400, seed: "table" } }
  )
})
