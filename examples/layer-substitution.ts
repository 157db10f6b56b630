/**
 * Layer substitution: the same program on a disk in memory, on one that is full, with a studio's own kinds of assets, and
 * without waiting for the disk. A host's tests do the same.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import {
  Command,
  defaultFamilies,
  defaultPackerSettings,
  FamilyCatalog,
  PackerConfig,
  ProjectRuntime
} from "prometeu-packer"
import { CollectedEvents, collectingSink, faultyDisk, memoryProject, SimulatedDisk } from "prometeu-packer/testing"

/** What the host does; it knows nothing of what it runs on. */
const program = (family: string) =>
  Effect.gen(function*() {
    const packer = yield* ProjectRuntime
    const created = yield* Effect.result(packer.execute(Command.create({ root: "ui/atlas", name: "atlas", family })))
    const { total } = yield* packer.listAssets()
    return created._tag === "Success" ? `${total} asset` : `${created.failure._tag}, ${total} assets`
  })

const emptyDisk = () => {
  const memory = SimulatedDisk.of()
  memory.putFolder("/game")
  return memory
}

/** Runs the example; `say` gets each line it has to show. */
export const layerSubstitution = Effect.fn("layerSubstitution")(function*(say: (line: string) => void) {
  // The whole runtime, on a disk in memory, with a sink that collects.
  const inMemory = Layer.provideMerge(memoryProject({ disk: emptyDisk().disk }), collectingSink)
  const told = Effect.gen(function*() {
    const result = yield* program("tile_bank")
    const events = yield* (yield* CollectedEvents).all
    return `${result}, ${events.length} events`
  })
  say(`in memory: ${yield* Effect.provide(told, inMemory)}`)

  // A disk that is full: the command fails as a whole, and nothing has changed.
  const faulty = faultyDisk(emptyDisk().disk)
  faulty.failWhere(({ call, path }) => call === "write" && path.includes("/stage/") ? "ENOSPC" : undefined)
  const full = Layer.provide(memoryProject({ disk: faulty.disk }), collectingSink)
  say(`on a full disk: ${yield* Effect.provide(program("tile_bank"), full)}`)

  // A catalog of the studio's own, and no flushes: both hold for the project that is opened with them.
  const voxels = defaultFamilies.map((family) => ({ ...family, id: family.id.replace("tile", "voxel") }))
  const ofTheStudio = Layer.provide(memoryProject({ disk: emptyDisk().disk }), [
    collectingSink,
    Layer.succeed(FamilyCatalog, voxels),
    Layer.succeed(PackerConfig, { ...defaultPackerSettings, durability: "os" })
  ])
  say(`with voxels: ${yield* Effect.provide(program("voxel_bank"), ofTheStudio)}`)
})

if (import.meta.main) NodeRuntime.runMain(layerSubstitution(console.log))
