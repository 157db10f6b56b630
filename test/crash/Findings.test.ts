/** What the long runs have found wrong, each as the smallest case of it. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Command } from "../../src/domain/Command.ts"
import { ProjectTree, testUuid } from "../../src/testing/ProjectTree.ts"
import { assets, diskOf } from "../proof/crashes/CrashRecording.ts"
import { openCommitter, openReadOnly, openSession } from "../support/Session.ts"
import { entry, manifest, registry } from "../support/Workspace.ts"

const at = { asset: { root: "ui/x" } }
const place = `${assets}/ui/x/asset.json`

const project = () =>
  diskOf(ProjectTree.of({
    "ui/x/asset.json": manifest({ asset_uuid: testUuid(1), name: "x" }),
    ".prometeu/index.json": registry([entry(1, "ui/x")])
  }))

describe("a file that was written twice, both times too large for the journal", () => {
  it.effect("is no edit of somebody's if a crash leaves the first of the two cut off by its last byte", () =>
    Effect.gen(function*() {
      const disk = project()
      const left = yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* openSession({ disk: disk.disk, prefix: "a", settings: { inlineBytes: 100 } })
        yield* session.run([Command.updateContract({ ...at, name: "first" })])
        const first = disk.text(place) ?? ""
        yield* session.run([Command.updateContract({ ...at, name: "second" })])
        const left = disk.fork()
        left.put(place, first.slice(0, -1))
        return left
      }))
      const recovery = yield* Effect.scoped(
        Effect.map(openCommitter({ disk: left.disk, prefix: "b", boot: "boot-2" }), ({ recovery }) => recovery)
      )
      assert.deepStrictEqual(recovery.overtaken, [])
      assert.include(left.text(place), "\"second\"")
    }))
})

describe("an asset that takes the place of a deleted one, cut short before the folder is in the trash", () => {
  it.effect("is shown where nothing can be written", () =>
    Effect.gen(function*() {
      const disk = project()
      const left = [disk]
      yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* openSession({ disk: disk.disk, prefix: "a" })
        disk.onCall(({ call, path }) => {
          if (call === "rename" && path === `${assets}/ui/x`) left.push(disk.fork())
        })
        yield* session.run([Command.batch({
          commands: [Command.delete(at), Command.create({ root: "ui/x", name: "again", family: "tile_bank" })]
        })])
        disk.onCall(undefined)
      }))
      assert.lengthOf(left, 2)
      const { scan } = yield* openReadOnly({ disk: (left[1] ?? disk).disk, prefix: "r" })
      const shown = scan.roots.map(({ manifest, spelling }) =>
        `${spelling} ${manifest._tag === "File" ? new TextDecoder().decode(manifest.bytes) : manifest._tag}`
      )
      assert.lengthOf(shown, 1)
      assert.include(shown[0], "\"again\"")
    }))
})

describe("a host that gives names which cannot be told from others", () => {
  it.effect("is met before anything is written by such a name", () =>
    Effect.gen(function*() {
      const disk = project()
      const opened = yield* Effect.exit(Effect.scoped(openSession({ disk: disk.disk, prefix: "a-b" })))
      assert.include(String(opened), "HostInfo.unique gives lower-case letters and digits")
      assert.isUndefined(disk.bytes(`${assets}/.prometeu/runtime/journal`))
    }))
})
