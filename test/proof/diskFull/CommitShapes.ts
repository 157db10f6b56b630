/** Every shape that a change can have on its way to the disk, and the project they are tried on. */
import { Command } from "../../../src/domain/Command.ts"
import { workspaceFiles } from "../../../src/testing/WorkspaceFiles.ts"

/** Larger files are made durable beside the journal. */
export const inlineBytes = 4096

const large = "large ".repeat(4000)
const middlings = [1, 2, 3, 4, 5, 6]

/** The project: assets of all kinds and sizes, and one that is not registered. */
export const shapeFiles = workspaceFiles({
  "a/one": { id: 1, files: { "one.png": "one", "two.png": "two" } },
  "a/two": { id: 2, files: { "one.png": "one" } },
  "a/loose": { files: { "one.png": "one" } },
  "big/bank": { id: 3, manifest: { notes: large }, files: { "one.png": "one" } },
  "old/gone": { id: 4, files: { "one.png": "one", "deep/er/two.png": "two" } },
  "move/me": { id: 5, files: { "one.png": "one", "deep/er/two.png": "two" } },
  ...Object.fromEntries(
    middlings.map((n) => [`middling/m${n}`, { id: 10 + n, manifest: { notes: `${n} `.repeat(1600) } }])
  )
})

const rename = (root: string) => Command.updateContract({ asset: { root }, name: `${root} renamed` })
const create = (root: string) => Command.create({ root, name: "new", family: "tile_bank" })
const compose = Command.applyBankComposition({ asset: { id: 1 }, files: ["two.png", "one.png"] })
const relocate = Command.relocate({ asset: { id: 5 }, to: "far/away/here" })
const remove = Command.delete({ asset: { id: 4 } })
const unregister = Command.unregister({ asset: { id: 2 } })
const batch = Command.batch({
  commands: [create("new/far/off"), rename("a/two"), rename("big/bank"), relocate, remove, compose]
})
const group = [rename("a/two"), create("new/far/off"), rename("big/bank"), compose]

/** One shape: what is done in which state of the disk. Commands in a list are submitted at once. */
export interface CommitShape {
  readonly name: string
  /** Done while there is room, and acknowledged. */
  readonly roomy: ReadonlyArray<Command>
  /** The disk is full already when the project is opened: for the first time, or after a power failure behind `roomy`. */
  readonly opensFull: boolean
  /** Done while there is no room. */
  readonly full: ReadonlyArray<Command>
  /** How many blocks are enough for it by far. */
  readonly blocks: number
}

const whileFull = (name: string, full: ReadonlyArray<Command>, blocks = 8): CommitShape => ({
  name,
  roomy: [],
  opensFull: false,
  full,
  blocks
})

/** All shapes. */
export const commitShapes: ReadonlyArray<CommitShape> = [
  whileFull("register", [Command.register({ root: "a/loose" })]),
  whileFull("create in new folders", [create("new/far/off")]),
  whileFull("update", [rename("a/one")]),
  whileFull("update of a large manifest", [rename("big/bank")], 20),
  whileFull("composition", [compose]),
  whileFull("unregister", [unregister]),
  whileFull("relocate into new folders", [relocate]),
  whileFull("delete", [remove]),
  whileFull("batch", [batch], 28),
  whileFull("batch that the journal has to grow for", [
    Command.batch({ commands: middlings.map((n) => rename(`middling/m${n}`)) })
  ], 48),
  whileFull("group", [...group, unregister, relocate, remove], 32),
  whileFull("group that the journal has to make room for", middlings.map((n) => rename(`middling/m${n}`)), 32),
  { name: "checkpoint", roomy: [...group, unregister], opensFull: false, full: [], blocks: 8 },
  { name: "first opening", roomy: [], opensFull: true, full: [create("new/far/off")], blocks: 28 },
  { name: "recovery of a batch", roomy: [batch], opensFull: true, full: [], blocks: 28 },
  { name: "recovery of a group", roomy: group, opensFull: true, full: [rename("move/me")], blocks: 28 }
]
