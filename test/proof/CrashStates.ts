/**
 * Crashes of the committer: every command and every pair of commands, with checkpoints, purges of the trash and openings
 * between them, and long rows by chance.
 */
import { Effect } from "effect"
import { Command } from "../../src/domain/Command.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"
import type { CommitterSettings } from "../../src/layers/commit/Terms.ts"
import { seeded } from "../../src/testing/Seeded.ts"
import { beginning, chooseGroup } from "../support/Commands.ts"
import { clockOf } from "./Clocks.ts"
import { explore } from "./crashes/CrashExplorer.ts"
import type { Act, Doings } from "./crashes/CrashRecording.ts"
import type { Piece } from "./Part.ts"

const family = "tile_bank"
const at = (root: string) => ({ asset: { root } })

/** The asset that is not where it was at the beginning any more is found where it is. */
const somewhere = (snapshot: Snapshot): string => Array.from(snapshot.assets, ([root]) => root)[0] ?? "a"

/** Everything that can be done, each in one form or a few. What was done before may be in the way of it. */
const acts: ReadonlyArray<(snapshot: Snapshot) => Act> = [
  () => [Command.register({ root: "a" })],
  () => [Command.create({ root: "new/far/off", name: "off", family })],
  (snapshot) => [Command.updateContract({ ...at(somewhere(snapshot)), name: `n${snapshot.generation}` })],
  () => [Command.applyBankComposition({ ...at("ui/x"), files: ["one.png"] })],
  () => [Command.setBuildParticipation({ ...at("snd/one"), included: false })],
  () => [Command.unregister(at("snd/one"))],
  () => [Command.relocate({ ...at("ui/x"), to: "ui/y" })],
  () => [Command.relocate({ ...at("a"), to: "new/far/off" })],
  () => [Command.delete(at("ui/x"))],
  (snapshot) => [Command.delete(at(somewhere(snapshot)))],
  // Two that change places.
  () => [Command.batch({
    commands: [
      Command.relocate({ ...at("ui/x"), to: "aside/x" }),
      Command.relocate({ ...at("snd/one"), to: "ui/x" }),
      Command.relocate({ ...at("aside/x"), to: "snd/one" })
    ]
  })],
  // One that takes the place of another one.
  () => [Command.batch({
    commands: [Command.delete(at("snd/one")), Command.create({ root: "snd/one", name: "again", family })]
  })],
  (snapshot) => [
    Command.updateContract({ ...at("ui/x"), name: `g${snapshot.generation}` }),
    Command.register({ root: "a" }),
    Command.create({ root: "ui/deep/z", name: "z", family })
  ],
  () => "flush",
  () => "reopen"
]

/** Small journals that have to make room, files that are too large for them, and a trash that is purged, as well as the usual. */
const kinds: ReadonlyArray<Partial<CommitterSettings>> = [
  {},
  { inlineBytes: 100, trashLimit: 1 },
  { journalBytes: 1024 },
  { journalBytes: 512, inlineBytes: 200, trashLimit: 0 }
]
const tears = [8, 64, 512]

const pick = <A>(from: ReadonlyArray<A>, index: number): A => {
  const picked = from[index % from.length]
  if (picked === undefined) throw new Error("There is nothing to pick from.")
  return picked
}

/** How many pieces do every pair once. */
export const pairs = acts.length ** 2
/** Those of them that do the same twice: together everything there is. */
export const twice: ReadonlyArray<number> = acts.map((_, index) => index * (acts.length + 1))

/** One thing after the other, each of all there are with each. */
const pairOf = (piece: number): Pick<Doings, "next"> => {
  const both = [pick(acts, Math.floor(piece / acts.length)), pick(acts, piece)]
  return { next: (snapshot, step) => both[step]?.(snapshot) }
}

/** Things by chance, three to seven of them. */
const rowOf = (random: () => number): Pick<Doings, "next"> => {
  const length = 3 + Math.floor(random() * 5)
  return {
    next: (snapshot, step) => {
      if (step >= length) return undefined
      const form = random()
      if (form < 0.2) return "flush"
      if (form < 0.3) return "reopen"
      return form < 0.6 ? chooseGroup(snapshot, random, step) : pick(acts, Math.floor(random() * acts.length))(snapshot)
    }
  }
}

/** How much is looked at of what is done. */
export interface Depth {
  /** The states of one moment, at most. */
  readonly most: number
  /** The share of them behind which the opening is cut short as well, before each of its calls. */
  readonly share: number
}

const crashesOf = (
  { most, share }: Depth,
  seed: number,
  doings: (random: () => number) => Pick<Doings, "next">
): ReturnType<Piece> => {
  const random = seeded(seed)
  const by = {
    tree: beginning(),
    tearBytes: pick(tears, seed),
    settings: pick(kinds, Math.floor(random() * kinds.length)),
    beside: random() < 0.4
  }
  return Effect.map(
    explore({ ...by, ...doings(random), random, most, mostOfRecovery: 4, share }),
    ({ crashes, endings, exhaustivePoints, images, points, readOnly, recoveryImages, violations, visitedPoints }) => ({
      counts: {
        crashPoints: points,
        crashPointsVisited: visitedPoints,
        crashPointsExhaustive: exhaustivePoints,
        crashChecks: crashes,
        readOnlyOpenings: readOnly,
        durableChanges: endings.get("Durable") ?? 0
      },
      violations,
      distinct: { crashStates: images, recoveryStates: recoveryImages }
    })
  ).pipe(Effect.provide(clockOf(seed)), Effect.orDie)
}

/** Looks at the crashes of one pair. */
export const pairCrashes = (depth: Depth): Piece => (piece) => crashesOf(depth, piece, () => pairOf(piece % pairs))

/** Looks at the crashes of one row; there are always more. */
export const rowCrashes = (depth: Depth): Piece => (seed) => crashesOf(depth, seed, rowOf)
