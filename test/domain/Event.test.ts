import { assert, describe, expect, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
import { PackerError } from "../../src/domain/Errors.ts"
import {
  EventDraft,
  type EventKind,
  type EventNumbers,
  isTerminal,
  numbered,
  PackerEvent
} from "../../src/domain/Event.ts"

const codec = Schema.toCodecJson(PackerEvent)
const encode = Schema.encodeSync(codec)
const decode = Schema.decodeUnknownResult(codec)
const isEvent = Schema.is(PackerEvent)

/** An event on its way through a host that stores or sends it, as JSON. */
const toText = (event: PackerEvent): string => JSON.stringify(encode(event))
const fromText = (text: string): PackerEvent => Result.getOrThrow(decode(JSON.parse(text)))

/** That an event comes out of JSON as it went in, as a value of the same schema (and an error of the same class). */
const assertRoundTrip = (event: PackerEvent): PackerEvent => {
  const text = toText(event)
  const back = fromText(text)
  assert.isTrue(isEvent(back))
  assert.strictEqual(toText(back), text)
  assert.deepStrictEqual(JSON.parse(JSON.stringify(back)), JSON.parse(JSON.stringify(event)))
  return back
}

const ofKind = (kind: EventKind) => {
  const member = PackerEvent.members.find((member) => member.fields.kind.literal === kind)
  assert(member !== undefined)
  return member
}
const kinds = PackerEvent.members.map((member) => member.fields.kind.literal)

/** An event as the wire has it, written by hand. */
const envelope = {
  project_id: "game",
  opening_id: "0198c0de-7000-7000-8000-00000000000a",
  operation_id: "op-1",
  sequence: 2,
  position: 17,
  timestamp: 1_700_000_000_000,
  summary: "1 asset changed",
  affected_assets: [
    { root: "ui/atlas", assetId: 1, assetUuid: "0198c0de-7000-7000-8000-000000000001" },
    { root: "sfx/click" }
  ]
}
const timing = { action: "register", started_at: 1_700_000_000_000, duration_ms: 12 }
const outcome = {
  operationId: "op-1",
  generation: 2,
  changes: { added: [], updated: ["ui/atlas"], removed: [] },
  warnings: []
}
const diagnostic = {
  code: "manifest/invalid-json",
  severity: "error",
  message: "…",
  root: "ui/atlas",
  path: "asset.json",
  at: { json: "$.name", line: 3, column: 7 },
  related: ["sfx/click"]
}
const details: Readonly<Record<EventKind, object>> = {
  asset_discovered: { generation: 2 },
  asset_changed: { generation: 2, added: ["a"], updated: ["ui/atlas"], removed: ["b/c"] },
  diagnostics_updated: { generation: 2, appeared: [diagnostic], gone: [] },
  divergence_detected: { generation: 2, files: [{ expected: "a file", found: "nothing" }] },
  progress_updated: {},
  action_applied: { ...timing, outcome, totals: { added: 1, updated: 0, removed: 0 }, read_only: "it is" },
  action_failed: { ...timing, error: { _tag: "ProjectReadOnly", reason: "it is" } }
}
const wire = (kind: EventKind) => ({
  ...envelope,
  kind,
  ...(kind === "progress_updated" ? { progress: { done: 1, total: 2, unit: "files", message: "half" } } : {}),
  details: details[kind]
})

describe("an event", () => {
  it("is of one of the kinds of this wave", () => {
    expect(kinds).toEqual([
      "asset_discovered",
      "asset_changed",
      "diagnostics_updated",
      "divergence_detected",
      "progress_updated",
      "action_applied",
      "action_failed"
    ])
    expect(EventDraft.members.map((member) => member.fields.kind.literal)).toEqual(kinds)
  })

  it.each(kinds)("of kind %s has the fields of the wire, under their names", (kind) => {
    expect(JSON.parse(toText(fromText(JSON.stringify(wire(kind)))))).toEqual(wire(kind))
    expect(Object.keys(ofKind(kind).fields).sort()).toEqual([
      "affected_assets",
      "details",
      "kind",
      "opening_id",
      "operation_id",
      "position",
      "progress",
      "project_id",
      "sequence",
      "summary",
      "timestamp"
    ])
  })

  for (const kind of kinds) {
    it.prop(`of kind ${kind} is the same after JSON`, { event: Arbitrary.schema(ofKind(kind)) }, ({ event }) => {
      assert.strictEqual(assertRoundTrip(event).kind, kind)
    }, { arbitrary: { runs: 150, seed: kind } })
  }

  for (const member of PackerError.members) {
    const failed = Arbitrary.map(
      Arbitrary.all([Arbitrary.schema(ofKind("action_failed")), Arbitrary.schema(member)]),
      ([event, error]) => ({ event, error })
    )
    it.prop(`that tells of ${member.identifier} is the same after JSON`, { failed }, ({ failed: { error, event } }) => {
      const back = assertRoundTrip({ ...event, kind: "action_failed", details: { ...timing, error } })
      assert(back.kind === "action_failed")
      assert.isTrue(back.details.error instanceof member)
      assert.strictEqual(back.details.error.message, error.message)
      assert.isNotEmpty(error.message)
    }, { arbitrary: { runs: 60, seed: member.identifier } })
  }

  it("can tell of every error that a command can end with", () => {
    expect(PackerError.members.map((member) => member.identifier)).toEqual([
      "AssetNotFound",
      "CommandBlocked",
      "PreviewStale",
      "Diverged",
      "ProjectReadOnly",
      "CommitFailed",
      "PublishPending",
      "CommitUncertain",
      "Cancelled",
      "RegistryConflict",
      "RuntimeClosed",
      "OperationIdConflict",
      "InvalidCommand"
    ])
  })

  it.each<readonly [string, object]>([
    ["an unknown kind", { kind: "build_started" }],
    ["details of another kind", { kind: "asset_changed", details: details.asset_discovered }],
    ["sequence 0", { sequence: 0 }],
    ["position 0", { position: 0 }],
    ["half a position", { position: 1.5 }],
    ["no timestamp", { timestamp: undefined }],
    ["an empty project id", { project_id: "" }],
    ["an illegal operation id", { operation_id: "a b" }],
    ["an asset outside of the project", { affected_assets: [{ root: "../a" }] }],
    ["an asset id that nothing has", { affected_assets: [{ root: "a", assetId: 0 }] }],
    ["a uuid in upper case", { affected_assets: [{ root: "a", assetUuid: "0198C0DE-7000-7000-8000-000000000001" }] }],
    ["a uuid of no version", { affected_assets: [{ root: "a", assetUuid: "0198c0de-7000-9000-8000-000000000001" }] }],
    ["a uuid of another variant", {
      affected_assets: [{ root: "a", assetUuid: "0198c0de-7000-7000-c000-000000000001" }]
    }],
    ["the nil uuid", { affected_assets: [{ root: "a", assetUuid: "00000000-0000-0000-0000-000000000000" }] }],
    ["progress below nothing", { progress: { done: -1, unit: "files" } }],
    ["generation 0", { details: { generation: 0 } }]
  ])("is not read with %s", (_, change) => {
    expect(Result.isSuccess(decode(wire("asset_discovered")))).toBe(true)
    expect(Result.isFailure(decode({ ...wire("asset_discovered"), ...change }))).toBe(true)
  })
})

describe("isTerminal", () => {
  it.each(kinds)("of %s", (kind) => {
    expect(isTerminal({ kind })).toBe(kind === "action_applied" || kind === "action_failed")
  })
})

describe("numbered", () => {
  const numbers = Schema.Struct({
    sequence: ofKind("asset_changed").fields.sequence,
    position: ofKind("asset_changed").fields.position,
    timestamp: Schema.Finite
  })

  for (const draft of EventDraft.members) {
    const kind = draft.fields.kind.literal
    it.prop(`makes an event of a draft of kind ${kind}, and changes nothing else`, {
      draft: Arbitrary.schema(draft),
      numbers
    }, ({ draft, numbers }) => {
      const given: EventNumbers = numbers
      const event = numbered(draft, given)
      const { position, sequence, timestamp, ...rest } = event
      assert.isTrue(isEvent(event))
      assert.deepStrictEqual({ position, sequence, timestamp }, given)
      assert.deepStrictEqual<unknown>(rest, draft)
    }, { arbitrary: { runs: 60, seed: kind } })
  }
})
