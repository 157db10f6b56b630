/** The rows and tapes that events and changes go through. */
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Exit, Fiber, Layer, Schema, Stream } from "effect"
import { Command } from "../../src/domain/Command.ts"
import type { EventDraft } from "../../src/domain/Event.ts"
import { progressDraft } from "../../src/domain/EventDrafts.ts"
import { Generation, OpeningId, OperationId, ProjectId } from "../../src/domain/Identity.ts"
import { makeEventRow } from "../../src/layers/runtime/EventRow.ts"
import { makeFifo } from "../../src/layers/runtime/Fifo.ts"
import { makeTape } from "../../src/layers/runtime/Tape.ts"
import { defaultPackerSettings, PackerConfig } from "../../src/services/PackerConfig.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { collectingSink } from "../../src/testing/CollectingSink.ts"
import { memoryProject } from "../../src/testing/MemoryProject.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { inFolder, workspaceFiles } from "../../src/testing/WorkspaceFiles.ts"

const teller = { projectId: ProjectId.make("game"), openingId: OpeningId.make("o1") }
const operation = (n: number) => OperationId.make(`op-${n}`)
const progress = (n: number, done: number): EventDraft => progressDraft(operation(n), teller, { done, unit: "things" })
const other = (n: number, generation: number): EventDraft => ({
  kind: "asset_discovered",
  project_id: teller.projectId,
  opening_id: teller.openingId,
  operation_id: operation(n),
  summary: String(generation),
  affected_assets: [],
  details: { generation: Generation.make(1) }
})

describe("a fifo", () => {
  it("gives things in the order in which they came, however many there were", () => {
    const fifo = makeFifo<number>()
    let given = 0
    let next = 0
    for (let round = 1; round <= 60; round++) {
      for (let index = 0; index < round * 7; index++) fifo.put(++next)
      for (let index = 0; index < round * 5; index++) assert.strictEqual(fifo.take(), ++given)
      assert.strictEqual(fifo.length(), next - given)
    }
    fifo.keep((item) => item % 2 === 0)
    for (let item = fifo.take(); item !== undefined; item = fifo.take()) {
      assert.strictEqual(item % 2, 0)
      assert.isAbove(item, given)
      given = item
    }
    assert.strictEqual(fifo.length(), 0)
  })
})

describe("events that wait", () => {
  const Move = Schema.Struct({
    what: Schema.Literals(["progress", "other", "take"]),
    operation: Schema.Literals([1, 2, 3])
  })

  it.prop(
    "keep their order, and of progress the newest",
    { moves: Arbitrary.array(Arbitrary.schema(Move)) },
    ({ moves }) => {
      const row = makeEventRow()
      let model: Array<EventDraft> = []
      let taken = 0
      let expected = 0
      const takeOne = (): EventDraft | undefined => {
        for (let found = row.take(); found !== undefined; found = row.take()) {
          found.taken?.()
          if (found.draft !== undefined) return found.draft
        }
        return undefined
      }
      for (const [index, { operation: n, what }] of moves.entries()) {
        if (what === "take") {
          assert.strictEqual(takeOne(), model.shift())
          continue
        }
        const draft = what === "progress" ? progress(n, index) : other(n, index)
        expected++
        row.put([draft], () => taken++)
        if (what === "progress") {
          model = model.filter(({ kind, operation_id }) => kind !== "progress_updated" || operation_id !== operation(n))
        }
        model.push(draft)
        assert.strictEqual(row.kept(), model.filter(({ kind }) => kind !== "progress_updated").length)
      }
      for (const draft of model) assert.strictEqual(takeOne(), draft)
      assert.isUndefined(takeOne())
      assert.isTrue(row.isEmpty())
      assert.strictEqual(taken, expected, "whoever waits for an event to be taken is told, merged or not")
    },
    { arbitrary: { runs: 500, seed: "row" } }
  )

  it("cost no memory where a sink takes nothing and progress goes on", () => {
    const row = makeEventRow()
    row.put([other(1, 0)], undefined)
    for (let done = 0; done < 100_000; done++) row.put([progress(1, done)], undefined)
    let places = 0
    while (row.take() !== undefined) places++
    assert.isBelow(places, 1000)
  })
})

describe("a tape", () => {
  it.effect("gives each reader everything from where it begins, at its own pace", () =>
    Effect.gen(function*() {
      const tape = makeTape<number>(1000)
      for (let item = 1; item <= 3; item++) tape.append(item)
      const early = yield* Effect.forkChild(Stream.runCollect(tape.after(0, (last) => last)), {
        startImmediately: true
      })
      const late = yield* Effect.forkChild(Stream.runCollect(tape.after(2, (last) => last)), { startImmediately: true })
      for (let item = 4; item <= 6; item++) tape.append(item)
      tape.end()
      assert.deepStrictEqual(yield* Fiber.join(early), [1, 2, 3, 4, 5, 6])
      assert.deepStrictEqual(yield* Fiber.join(late), [3, 4, 5, 6])
      assert.deepStrictEqual(yield* Stream.runCollect(tape.after(6, (last) => last)), [])
    }))

  it.effect("ends a reader that falls behind, with the last number that it got", () =>
    Effect.gen(function*() {
      const tape = makeTape<number>(4)
      tape.append(1)
      const read: Array<number> = []
      const slow = tape.after(0, (last) => last).pipe(
        Stream.runForEach((item) =>
          Effect.sync(() => {
            read.push(item)
            // While it holds the first one, more come than are kept for it.
            if (item === 1) { for (let next = 2; next <= 6; next++) tape.append(next) }
          })
        )
      )
      assert.deepStrictEqual(yield* Effect.exit(slow), Exit.fail(1))
      assert.deepStrictEqual(read, [1])
      assert.deepStrictEqual(yield* Stream.runCollect(Stream.take(tape.after(2, (last) => last), 4)), [3, 4, 5, 6])
    }))
})

describe("the changes of a project", () => {
  const files = inFolder("/game", workspaceFiles({ "ui/atlas": { id: 1 } }))
  const small = Layer.succeed(PackerConfig, { ...defaultPackerSettings, subscriberBuffer: 2 })
  const project = Layer.provide(memoryProject({ disk: SimulatedDisk.of(files).disk }), [collectingSink, small])
  const include = (included: boolean) => Command.setBuildParticipation({ asset: { id: 1 }, included })

  it.effect("end for a reader that is too slow, and for nobody else", () =>
    Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      const quick = yield* Effect.forkChild(Stream.runCollect(Stream.take(runtime.changes, 7)), {
        startImmediately: true
      })
      const turns = Effect.forEach([0, 1, 2, 3, 4, 5], (turn) => runtime.execute(include(turn % 2 === 1)), {
        discard: true
      })
      const error = yield* Effect.flip(
        Stream.runForEach(runtime.changes, ({ generation }) => generation === 1 ? Effect.orDie(turns) : Effect.void)
      )
      assert.strictEqual(error._tag, "SubscriberLagged")
      assert.strictEqual(error.lastPosition, 1)
      assert.deepStrictEqual((yield* Fiber.join(quick)).map(({ generation }) => Number(generation)), [
        1,
        2,
        3,
        4,
        5,
        6,
        7
      ])
    }).pipe(Effect.provide(project)))
})
