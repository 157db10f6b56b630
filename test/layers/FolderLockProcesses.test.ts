import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, type Scope } from "effect"
import * as fs from "node:fs"
import * as os from "node:os"
import { folderLock } from "../../src/layers/FolderLock.ts"
import { nodeDisk } from "../../src/layers/NodeDisk.ts"
import { nodeHostInfo } from "../../src/layers/NodeHostInfo.ts"
import { ProjectFolder } from "../../src/services/ProjectFolder.ts"
import { ProjectLock } from "../../src/services/ProjectLock.ts"
import { lockControl, locks } from "../proof/Locks.ts"
import { lockRounds } from "../proof/locks/LockRounds.ts"

const project: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => fs.realpathSync(fs.mkdtempSync(`${os.tmpdir()}/prometeu-packer-lock-`))),
  (root) => Effect.sync(() => fs.rmSync(root, { recursive: true, force: true }))
)

/** Opens the lock in this process, in the scope of the test. */
const open = (root: string) =>
  Effect.map(
    Layer.build(folderLock().pipe(Layer.provide([nodeDisk, nodeHostInfo, ProjectFolder.layer(root)]))),
    (context) => Context.get(context, ProjectLock)
  )

describe("processes that want one project", () => {
  it.live("never have it at once, and always get it when it is free or its holder is gone", () =>
    Effect.gen(function*() {
      const { counts, distinct, violations } = yield* locks(1)
      assert.deepStrictEqual(violations, [])
      assert.sameMembers([...new Set(distinct?.["lockRoundKinds"])], Object.keys(lockRounds))
      assert.isAtLeast(counts["lockRounds"] ?? 0, 40)
      assert.isAtLeast(counts["lockRefusals"] ?? 0, 100)
      assert.isAtLeast(counts["lockTakeovers"] ?? 0, 3)
      assert.isAtLeast(counts["lockKills"] ?? 0, 3)
    }))

  it.live("are seen to have it at once, where the lock goes by the time", () =>
    Effect.gen(function*() {
      const { counts, violations } = yield* lockControl(1)
      assert.deepStrictEqual(violations, [])
      assert.strictEqual(counts["lockControlsCaught"], counts["lockControls"])
      assert.isAtLeast(counts["lockControls"] ?? 0, 1)
    }))
})

describe("a holder", () => {
  it.live("loses the lock to a clean-up, also where the next file gets the same inode", () =>
    Effect.gen(function*() {
      const root = yield* project
      for (let round = 0; round < 20; round++) {
        yield* Effect.gen(function*() {
          const first = yield* open(root)
          fs.rmSync(`${root}/assets/.prometeu/runtime`, { recursive: true })
          const second = yield* open(root)
          assert.isFalse(yield* first.isHeld)
          assert.isTrue(yield* second.isHeld)
        }).pipe(Effect.scoped)
      }
    }))

  it.live("is the same one under whatever name the project is opened", ({ skip }) =>
    Effect.gen(function*() {
      if (process.platform === "win32") skip()
      const root = yield* project
      const alias = `${yield* project}/alias`
      fs.symlinkSync(root, alias)
      for (const [first, second] of [[root, alias], [alias, root]] as const) {
        yield* Effect.gen(function*() {
          yield* open(first)
          const error = yield* Effect.flip(open(second))
          assert.deepInclude(error, { _tag: "ProjectLocked", pid: process.pid, outOfSight: false, path: second })
        }).pipe(Effect.scoped)
      }
    }))
})
