/** A history as it should be, written by hand: one of each kind of thing that can happen. */
import { Schema } from "effect"
import { Command } from "../../../src/domain/Command.ts"
import { PackerEvent } from "../../../src/domain/Event.ts"
import { Preview } from "../../../src/domain/Preview.ts"
import { ProjectTree, testUuid } from "../../../src/testing/ProjectTree.ts"
import { modelOf } from "../../model/Model.ts"
import { entry, manifest, registry } from "../../support/Workspace.ts"
import type { Answer, Call, History, Page, Row, Told } from "./History.ts"
import { shownOf } from "./Recorder.ts"

const decode = Schema.decodeUnknownSync(PackerEvent)
const made = testUuid(500)

/** The folder `assets/` with the asset "a" under this name, and with more. */
export const treeWith = (
  name: string,
  others: Readonly<Record<string, string>> = {},
  entries: ReadonlyArray<unknown> = []
) =>
  ProjectTree.of({
    "a/asset.json": manifest({ asset_uuid: testUuid(1), name }),
    ...others,
    ".prometeu/index.json": registry([entry(1, "a"), ...entries])
  })

/** Renames the asset "a". */
export const rename = (name: string) => Command.updateContract({ asset: { id: 1 }, name })
/** Makes the asset "b". */
export const create = Command.create({ root: "b", name: "b", family: "tile_bank" })

/** How the asset "a" is listed under this name. */
export const rowA = (name: string): Row => ({
  root: "a",
  registration: "registered",
  assetId: 1,
  assetUuid: testUuid(1),
  includedInBuild: true,
  name,
  family: "tile_bank",
  diverged: false
})
/** How the asset "b" is listed. */
export const rowB: Row = { ...rowA("b"), root: "b", assetId: 2, assetUuid: made }

const nothing = { added: new Array<string>(), updated: new Array<string>(), removed: new Array<string>() }
type Changes = typeof nothing

/** Writes down what the sink is told, one event after the other. */
const sinkTold: Array<Told> = []
const sequences = new Map<string, number>()
const tell = (from: number, operation: string, kind: string, details: unknown): PackerEvent => {
  const sequence = (sequences.get(operation) ?? 0) + 1
  sequences.set(operation, sequence)
  const event = decode({
    kind,
    project_id: "p",
    opening_id: "o",
    operation_id: operation,
    sequence,
    position: sinkTold.length + 1,
    timestamp: from,
    summary: "Something happened.",
    affected_assets: [],
    details
  })
  sinkTold.push({ event, from, until: from + 0.5 })
  return event
}

const applied = (at: number, id: string, action: string, generation: number, changes: Changes): Answer => {
  const isChange = Object.values(changes).some((roots) => roots.length > 0)
  if (isChange) tell(at, id, "asset_changed", { generation, ...changes })
  const outcome = { operationId: id, generation, changes, warnings: [] }
  const totals = { added: 0, updated: 0, removed: 0 }
  const event = tell(at + 1, id, "action_applied", { action, started_at: 0, duration_ms: 0, outcome, totals })
  if (event.kind !== "action_applied") throw new Error("it is another kind")
  return { _tag: "applied", outcome: event.details.outcome }
}

const failed = (at: number, id: string, action: string, error: unknown): Answer => {
  const event = tell(at, id, "action_failed", { action, started_at: 0, duration_ms: 0, error })
  if (event.kind !== "action_failed") throw new Error("it is another kind")
  const { details } = event
  const now = details.error._tag === "PreviewStale" ? { now: shownOf(details.error.preview) } : {}
  return { _tag: "refused", error: details.error, ...now }
}

const previewAt = (generation: number, command: Command, row: Row): unknown => ({
  command,
  baseGeneration: generation,
  digest: `${generation}`,
  blockers: [],
  warnings: [],
  registryMutations: [],
  filesystemMutations: [],
  outcome: [{ root: "a", summary: { ...row, diagnostics: { error: 0, warning: 0, info: 0 } } }],
  newUuids: [testUuid(900)]
})
/** A preview of a command that makes the asset "a" what this row shows. */
export const shownAt = (generation: number, command: Command, row: Row) =>
  shownOf(Schema.decodeUnknownSync(Preview)(previewAt(generation, command, row)))

const updatedA: Changes = { ...nothing, updated: ["a"] }
/** What a list says. */
export const list = (generation: number, position: number, rows: ReadonlyArray<Row>): Answer => ({
  _tag: "list",
  generation,
  position,
  rows
})
/** What the page of the asset "a" shows under this name. */
export const pageA = (name: string): Page => ({
  row: rowA(name),
  contract: { format: "TILES/indexed_v1", codec: "none", metadata: { tile_size: 16 }, preload: false },
  selected: []
})
const missing = { _tag: "AssetNotFound", asset: "the asset with id 9" }
const blocked = { _tag: "CommandBlocked", command: "updateContract id 1", blockers: [] }
/** A preview that becomes stale. */
const seven = shownAt(2, rename("seven"), rowA("seven"))

applied(1, "opening", "open", 1, nothing)
/** Makes the asset "b". */
const created = applied(12, "made", "create", 2, { ...nothing, added: ["b"] })
/** What came of the command that was approved. */
export const approved = applied(30, "approved", "updateContract", 3, updatedA)
applied(36, "gone", "updateContract", 4, updatedA)
const notFound = failed(43, "not-found", "delete", missing)
const refused = failed(48, "blocked", "updateContract", blocked)
const stale = failed(53, "stale", "updateContract", {
  _tag: "PreviewStale",
  preview: previewAt(4, rename("seven"), rowA("seven"))
})
const cancelled = failed(56, "cancelled", "updateContract", { _tag: "Cancelled", operationId: "cancelled" })
const told: ReadonlyArray<Told> = [...sinkTold]

/** What is listed at the end. */
export const rows = [rowA("three"), rowB]
/** All that was asked for, by what it is there for. */
export const calls: Readonly<Record<string, Call>> = {
  early: { client: "c9", ask: { _tag: "list" }, from: 8, until: 15, answer: list(1, 1, [rowA("one")]) },
  made: {
    client: "c0",
    ask: { _tag: "command", id: "made", command: create },
    from: 10,
    accepted: 11,
    until: 20,
    answer: created
  },
  preview: {
    client: "c1",
    ask: { _tag: "preview", command: rename("two") },
    from: 21,
    until: 22,
    answer: { _tag: "shown", shown: shownAt(2, rename("two"), rowA("two")) }
  },
  preview7: {
    client: "c1",
    ask: { _tag: "preview", command: rename("seven") },
    from: 23,
    until: 24,
    answer: { _tag: "shown", shown: seven }
  },
  approved: {
    client: "c1",
    ask: { _tag: "command", id: "approved", command: rename("two"), approved: shownAt(2, rename("two"), rowA("two")) },
    from: 25,
    until: 35,
    answer: approved
  },
  gone: { client: "c2", ask: { _tag: "command", id: "gone", command: rename("three") }, from: 26 },
  absent: { client: "c2", ask: { _tag: "command", id: "absent", command: rename("never") }, from: 39 },
  notFound: {
    client: "c3",
    ask: { _tag: "command", id: "not-found", command: Command.delete({ asset: { id: 9 } }) },
    from: 40,
    until: 45,
    answer: notFound
  },
  blocked: {
    client: "c3",
    ask: { _tag: "command", id: "blocked", command: rename("") },
    from: 46,
    until: 50,
    answer: refused
  },
  stale: {
    client: "c1",
    ask: { _tag: "command", id: "stale", command: rename("seven"), approved: seven },
    from: 51,
    until: 55,
    answer: stale
  },
  cancelled: {
    client: "c4",
    ask: { _tag: "command", id: "cancelled", command: rename("no") },
    from: 52,
    accepted: 53,
    until: 58,
    answer: cancelled
  },
  cancel: {
    client: "c4",
    ask: { _tag: "cancel", id: "cancelled" },
    from: 54,
    until: 55,
    answer: { _tag: "cancel", isCancelled: true }
  },
  again: {
    client: "c5",
    ask: { _tag: "command", id: "made", command: create },
    from: 59,
    until: 60,
    answer: created
  },
  conflict: {
    client: "c5",
    ask: { _tag: "command", id: "made", command: rename("other") },
    from: 61,
    until: 62,
    answer: { _tag: "refused", error: { _tag: "OperationIdConflict" } }
  },
  list: { client: "c2", ask: { _tag: "list" }, from: 63, until: 64, answer: list(4, 11, rows) },
  details: {
    client: "c6",
    ask: { _tag: "details", asset: { id: 1 } },
    from: 65,
    until: 66,
    answer: { _tag: "details", generation: 4, position: 11, page: pageA("three") }
  },
  actions: {
    client: "c6",
    ask: { _tag: "actions", asset: { id: 1 } },
    from: 67,
    until: 68,
    answer: { _tag: "actions", generation: 4, position: 11, enabled: ["unregister", "delete"], disabled: ["register"] }
  },
  nothing: {
    client: "c6",
    ask: { _tag: "details", asset: { id: 9 } },
    from: 69,
    until: 70,
    answer: { _tag: "notThere" }
  }
}

/** What a reader of the changes was told. */
export const seen: History["seen"] = told.flatMap(({ event, from }) => {
  if (event.kind !== "asset_changed") return []
  const { added, generation, removed, updated } = event.details
  return [{ at: from, change: { generation, operationId: event.operation_id, added, updated, removed } }]
})

/** The history. */
export const right: History = {
  start: modelOf(treeWith("one")),
  calls: Object.values(calls),
  told,
  seen,
  end: {
    rows,
    reopened: rows,
    disk: modelOf(treeWith("three", {
      "b/asset.json": manifest({ asset_uuid: made, name: "b", preload: false, artifacts: [] })
    }, [entry(2, "b", { asset_uuid: made })]))
  }
}
