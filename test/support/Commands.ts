/** Commands by chance that mostly can be applied: what is chosen depends on what there is. */
import { Command, type SingleCommand } from "../../src/domain/Command.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"
import { ProjectTree, testUuid } from "../../src/testing/ProjectTree.ts"
import { entry, manifest, registry } from "./Workspace.ts"

/** Where assets are made and moved to: few places, so that they are used again. */
const places = ["a", "b", "ui/x", "ui/y", "ui/deep/z", "snd/one", "snd/two", "new/far/off"] as const

/** A project to begin with: assets with and without entry, a folder without any, and a registry that has more to say. */
export const beginning = (): ProjectTree => {
  const tree = ProjectTree.of({
    "ui/x/asset.json": manifest({ asset_uuid: testUuid(1) }),
    "ui/x/one.png": "one",
    "ui/x/sub/two.png": "two",
    "a/asset.json": manifest({ name: "a" }),
    "a/note.txt": "a note",
    "snd/one/asset.json": manifest({ asset_uuid: testUuid(3), name: "sound" }),
    ".prometeu/index.json": registry([entry(1, "ui/x"), entry(3, "snd/one", { note: "kept" })], { more: [1, 2] })
  })
  tree.putFolder("ui/deep")
  return tree
}

const pick = <A>(random: () => number, from: ReadonlyArray<A>): A | undefined =>
  from[Math.floor(random() * from.length)]

const single = (snapshot: Snapshot, random: () => number, n: number): SingleCommand => {
  const asset = { root: pick(random, Array.from(snapshot.assets, ([root]) => root)) ?? "a" }
  const place = pick(random, places) ?? "a"
  switch (Math.floor(random() * 9)) {
    case 0:
    case 1:
      return Command.create({ root: place, name: `n${n}`, family: "tile_bank" })
    case 2:
      return Command.register({ root: asset.root })
    case 3:
      return Command.unregister({ asset })
    case 4:
      return Command.setBuildParticipation({ asset, included: random() < 0.5 })
    case 5:
      return Command.updateContract({ asset, name: `n${n}`, preload: random() < 0.5 })
    case 6:
      return Command.applyBankComposition({ asset, files: random() < 0.5 ? ["one.png"] : [] })
    case 7:
      return Command.relocate({ asset, to: place })
    default:
      return Command.delete({ asset })
  }
}

/** What is run next, at once: one command, several, or a batch. */
export const chooseGroup = (snapshot: Snapshot, random: () => number, n: number): ReadonlyArray<Command> => {
  const some = (count: number) => Array.from({ length: count }, (_, part) => single(snapshot, random, 10 * n + part))
  const form = random()
  if (form < 0.5) return some(1)
  if (form < 0.8) return some(3)
  return [Command.batch({ commands: some(2) })]
}
