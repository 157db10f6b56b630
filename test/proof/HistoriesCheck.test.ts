/** The check of histories, checked: one that is right is accepted, and each way to be wrong is named. */
import { assert, describe, it } from "@effect/vitest"
import { Command } from "../../src/domain/Command.ts"
import type { PackerEvent } from "../../src/domain/Event.ts"
import { testUuid } from "../../src/testing/ProjectTree.ts"
import { modelOf } from "../model/Model.ts"
import { check } from "./histories/Check.ts"
import {
  approved,
  calls,
  create,
  list,
  pageA,
  rename,
  right,
  rowA,
  rowB,
  rows,
  seen,
  shownAt,
  treeWith
} from "./histories/Example.ts"
import type { Answer, Call, History, Row, Told } from "./histories/History.ts"

type Key = keyof typeof calls

/** The same with one call different. */
const withCall = (key: Key, change: Partial<Call>): History => ({
  ...right,
  calls: Object.entries(calls).map(([other, call]) => other === key ? { ...call, ...change } : call)
})
/** The same with one call more. */
const withMore = (call: Call): History => ({ ...right, calls: [...right.calls, call] })
const withTold = (change: (all: ReadonlyArray<Told>) => ReadonlyArray<Told>): History => ({
  ...right,
  told: change(right.told)
})
const read = (client: string, from: number, generation: number, position: number, shown: ReadonlyArray<Row>): Call => ({
  client,
  ask: { _tag: "list" },
  from,
  until: from + 0.3,
  answer: list(generation, position, shown)
})
const command = (id: string, asked: Command, from: number, answer?: Answer): Call => ({
  client: "c8",
  ask: { _tag: "command", id, command: asked },
  from,
  ...(answer === undefined ? {} : { until: from + 10, answer })
})
/** The same with the end of one operation told as another one. */
const ending = (
  id: string,
  change: (event: Extract<PackerEvent, { kind: "action_applied" }>) => PackerEvent
): History =>
  withTold((all) =>
    all.map((one) =>
      one.event.operation_id === id && one.event.kind === "action_applied" ? { ...one, event: change(one.event) } : one
    )
  )

const wrong: ReadonlyArray<readonly [name: string, history: History, words: string]> = [
  ["a lost update", withCall("list", { answer: list(4, 11, [rowA("two"), rowB]) }), "a wrong read of generation 4"],
  ["a lost asset", withCall("list", { answer: list(4, 11, [rowA("three")]) }), "the model has a, b, listed are a"],
  [
    "a page of another time",
    withCall("details", {
      answer: { _tag: "details", generation: 4, position: 11, page: pageA("two") }
    }),
    "a wrong read of generation 4"
  ],
  [
    "an action that is possible and disabled",
    withCall("actions", {
      answer: { _tag: "actions", generation: 4, position: 11, enabled: [], disabled: ["delete"] }
    }),
    "delete is disabled, and possible"
  ],
  [
    "an identity that changes",
    withCall("list", {
      answer: list(4, 11, [rowA("three"), { ...rowB, assetUuid: testUuid(501) }])
    }),
    "the uuid at b is another one"
  ],
  [
    "a stale read",
    withMore(read("c7", 71, 3, 6, [rowA("two"), rowB])),
    "a stale read: generation 3, and 4 was known by"
  ],
  [
    "a read before one's own write",
    withMore(read("c1", 35.2, 2, 4, [rowA("one"), rowB])),
    "did not read its own write"
  ],
  ["reads that go back", withMore(read("c2", 71, 3, 6, [rowA("two"), rowB])), "went back behind its own read"],
  [
    "a read of a generation that nobody made",
    withMore(read("c7", 71, 5, 11, rows)),
    "a read of generation 5, which nobody made"
  ],
  [
    "a read of what was not begun yet",
    withMore(read("c7", 9, 2, 2, [rowA("one"), rowB])),
    "which c7: list [9, 9.3] knew before it began"
  ],
  [
    "a position that the sink has not had",
    withMore(read("c7", 33, 3, 9, [rowA("two"), rowB])),
    "position 9 was read, and the sink has had"
  ],
  [
    "a position with a newer event",
    withMore({ ...read("c7", 29, 2, 5, [rowA("one"), rowB]), until: 34 }),
    "and event 4 tells of a newer one"
  ],
  [
    "an asset that was there all the time",
    withCall("nothing", { ask: { _tag: "details", asset: { id: 1 } } }),
    "not found, and it was there in every generation from 4 to 4"
  ],
  [
    "an order against real time",
    withCall("gone", { from: 8.5, until: 9, answer: approved }),
    "reordered against real time"
  ],
  ["an order against acceptance", withCall("gone", { from: 22, accepted: 24 }), "reordered against acceptance"],
  [
    "a refusal of what is possible",
    withCall("blocked", {
      ask: { _tag: "command", id: "blocked", command: rename("possible") }
    }),
    "refused although possible"
  ],
  [
    "a refusal for want of what is there",
    withCall("notFound", {
      ask: { _tag: "command", id: "not-found", command: Command.register({ root: "a" }) }
    }),
    "not found, and it is there"
  ],
  [
    "a success of what is impossible",
    withCall("gone", {
      ask: { _tag: "command", id: "gone", command: rename("") }
    }),
    "succeeded, and the model refuses it"
  ],
  [
    "a command on another asset than told",
    withCall("made", {
      ask: { _tag: "command", id: "made", command: Command.create({ root: "c", name: "b", family: "tile_bank" }) }
    }),
    "told of added b, the model has c"
  ],
  ["a phantom: told of one who was interrupted, and not there", {
    ...right,
    end: { ...right.end, rows: [rowA("two"), rowB] }
  }, "the last list"],
  [
    "a phantom that a new opening does not find",
    { ...right, end: { ...right.end, reopened: [rowA("three")] } },
    "a new opening"
  ],
  ["plain files that lack what was told", {
    ...right,
    end: { ...right.end, disk: modelOf(treeWith("three")) }
  }, "the plain files"],
  ["one who was interrupted, and has happened untold", {
    ...right,
    end: { ...right.end, rows: [rowA("never"), rowB], reopened: [rowA("never"), rowB] }
  }, "the last list"],
  ["an accepted one without an end", withCall("absent", { accepted: 40 }), "the sink was never told its end"],
  [
    "an outcome that the sink was never told",
    withMore(command("untold", rename("x"), 80, approved)),
    "the sink was never told its end"
  ],
  ["an end that nobody asked for", {
    ...right,
    calls: right.calls.filter(({ ask }) => ask._tag !== "command" || ask.id !== "gone")
  }, "nobody asked for updateContract gone"],
  [
    "an outcome before the sink had it",
    withCall("approved", { until: 31.2 }),
    "the caller was told before the sink had had the end of approved"
  ],
  ["an outcome that is not the one told", withCall("again", { answer: approved }), "told something else than the sink"],
  ["two ends of one operation", withTold((all) => [...all, ...all.slice(-1)]), "comes after the end of that"],
  ["a missing event", withTold((all) => all.filter((_, index) => index !== 3)), "has position"],
  [
    "a cancelled one that was carried out",
    withMore({
      client: "c2",
      ask: { _tag: "cancel", id: "gone" },
      from: 27,
      until: 28,
      answer: { _tag: "cancel", isCancelled: true }
    }),
    "gone was carried out though it was cancelled"
  ],
  [
    "one that ends as cancelled by itself",
    withCall("cancel", {
      answer: { _tag: "cancel", isCancelled: false }
    }),
    "nobody cancelled it"
  ],
  [
    "an id refused without a reason",
    withCall("conflict", {
      ask: { _tag: "command", id: "made", command: create }
    }),
    "the id was refused, and nobody used it for something else"
  ],
  [
    "one id for two commands",
    withCall("again", {
      ask: { _tag: "command", id: "made", command: rename("x") }
    }),
    "one id for two commands"
  ],
  [
    "an approval applied to something else",
    withCall("gone", {
      ask: {
        _tag: "command",
        id: "gone",
        command: rename("three"),
        approved: shownAt(2, rename("three"), rowA("three"))
      }
    }),
    "did something else than was approved"
  ],
  [
    "a stale preview that is none",
    withCall("stale", {
      ask: {
        _tag: "command",
        id: "stale",
        command: rename("seven"),
        approved: shownAt(4, rename("seven"), rowA("seven"))
      }
    }),
    "nothing has changed since the preview"
  ],
  [
    "a preview that shows something else",
    withCall("preview", {
      answer: { _tag: "shown", shown: shownAt(2, rename("two"), rowA("three")) }
    }),
    "it shows"
  ],
  [
    "a preview that is blocked though possible",
    withCall("preview", {
      answer: { _tag: "shown", shown: { ...shownAt(2, rename("two"), rowA("two")), isBlocked: true } }
    }),
    "blocked although possible"
  ],
  [
    "a change that is not told",
    ending("approved", (event) => ({
      ...event,
      details: {
        ...event.details,
        outcome: { ...event.details.outcome, changes: { added: [], updated: [], removed: [] } }
      }
    })),
    "changed a without telling"
  ],
  [
    "a generation left out",
    ending("gone", (event) => ({
      ...event,
      details: {
        ...event.details,
        outcome: {
          ...event.details.outcome,
          generation: seen[0]?.change.generation ?? event.details.outcome.generation
        }
      }
    })),
    "ended with generation 2, the next is 4"
  ],
  [
    "changes that skip a generation",
    { ...right, seen: seen.filter((_, index) => index !== 1) },
    "the changes give generation 4 after 2"
  ],
  [
    "changes that come too late",
    { ...right, seen: seen.slice(0, 2) },
    "the changes end with generation 3, the events with 4"
  ]
]

describe("the check of histories", () => {
  it("accepts a right one", () => {
    const { counts, problems } = check(right)
    assert.deepStrictEqual(problems, [])
    assert.strictEqual(counts["historyInterruptedAfter"], 1)
    assert.strictEqual(counts["historyInterruptedBefore"], 1)
    assert.strictEqual(counts["historyPreviewStale"], 1)
    assert.strictEqual(counts["historyRetries"], 1)
  })

  it.each(wrong)("names %s", (_, history, words) => {
    const { problems } = check(history)
    assert.isTrue(problems.some((problem) => problem.includes(words)), `${words}:\n${problems.join("\n")}`)
  })
})
