/** What a workspace promises on a disk that fails, changes under its hands, or takes its time. */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Deferred, Effect, Fiber, type Scope } from "effect"
import { TestClock } from "effect/testing"
import type { Look } from "../../src/domain/Seen.ts"
import { DiskError } from "../../src/services/Disk.ts"
import { asFound } from "../../src/services/Workspace.ts"
import { type Around, type Place, workspaceAt } from "../support/Places.ts"
import { watchTurns } from "../support/Turns.ts"
import { root } from "../support/Workspace.ts"

/** Fails the calls that are listed, as `call path below the place`. */
const failing = (place: Place, errnos: Readonly<Record<string, string>>): Around => (call, path, run) => {
  const errno = errnos[`${call} ${path.slice(place.root.length + 1)}`]
  return errno === undefined ? run : Effect.fail(new DiskError({ call, path, errno }))
}

/** Does something right before a call. */
const before = (place: Place, acts: Readonly<Record<string, () => void>>): Around => (call, path, run) =>
  Effect.suspend(() => {
    acts[`${call} ${path.slice(place.root.length + 1)}`]?.()
    return run
  })

const lookOf = (spelling: string, list: Look["list"] = "yes"): Look => ({ root: root(spelling), spelling, list })

/** Runs the suite at places that are made for each test. */
export const workspaceFaultContract = (name: string, makePlace: Effect.Effect<Place, never, Scope.Scope>): void => {
  const projectPlace = Effect.tap(makePlace, (place) =>
    Effect.sync(() => {
      place.put("assets/.prometeu/index.json", "the registry")
      place.put("assets/loose/file.txt", "")
      place.put("assets/ui/a/asset.json", "a")
      place.put("assets/ui/a/one.png", "1")
      place.put("assets/ui/a/sub/two.png", "2")
      place.put("assets/ui/b/asset.json", "b")
    }))

  const scanWith = Effect.fnUntraced(function*(place: Place, around: Around) {
    const { links, registry, roots, unreadable } = yield* (yield* workspaceAt(place, { around })).scan(asFound)
    return {
      registry: registry._tag === "Unreadable" ? registry.reason : registry._tag,
      roots: Object.fromEntries(roots.map(({ folder, manifest, spelling }) => [
        spelling,
        {
          manifest: manifest._tag === "Unreadable" ? manifest.reason : manifest._tag,
          files: folder.files.map(({ path }) => path),
          links: folder.links,
          unreadable: folder.unreadable.map(({ path, reason }) => `${path}: ${reason}`)
        }
      ])),
      links,
      unreadable: unreadable.map(({ path, reason }) => `${path}: ${reason}`)
    }
  })

  describe(`a workspace on ${name} that does not behave`, () => {
    it.effect("tells what cannot be read, and goes on", () =>
      Effect.gen(function*() {
        const place = yield* projectPlace
        place.put("assets/ui/a/two.png", "2")
        const scan = yield* scanWith(
          place,
          failing(place, {
            "stat assets/ui/a/two.png": "ENAMETOOLONG",
            "readFile assets/.prometeu/index.json": "EIO",
            "list assets/loose": "EACCES",
            "list assets/ui/a/sub": "EMFILE",
            "stat assets/ui/a/one.png": "EIO",
            "readFile assets/ui/b/asset.json": "EACCES"
          })
        )
        assert.deepStrictEqual(scan, {
          registry: "EIO",
          roots: {
            "ui/a": {
              manifest: "File",
              files: ["asset.json"],
              links: [],
              unreadable: ["one.png: EIO", "sub: EMFILE", "two.png: ENAMETOOLONG"]
            },
            "ui/b": { manifest: "EACCES", files: ["asset.json"], links: [], unreadable: [] }
          },
          links: [],
          unreadable: ["loose: EACCES"]
        })
        assert.strictEqual(
          (yield* scanWith(place, failing(place, { "stat assets/.prometeu": "EACCES" }))).registry,
          "EACCES"
        )
      }))

    it.effect("fails where the project itself cannot be read", () =>
      Effect.gen(function*() {
        const place = yield* projectPlace
        for (const call of ["list assets", "stat assets", "stat "]) {
          const error = yield* Effect.flip(scanWith(place, failing(place, { [call]: "EACCES" })))
          assert.deepStrictEqual([error.call, error.errno], [call.split(" ")[0], "EACCES"], call)
        }
      }))

    it.effect("leaves out what is removed while it looks", () =>
      Effect.gen(function*() {
        const place = yield* projectPlace
        const removing = (call: string, path: string) => ({
          [`${call} assets/${path}`]: () => place.remove(`assets/${path}`)
        })
        const scan = yield* scanWith(
          place,
          before(place, {
            ...removing("list", "loose"),
            "list assets/ui/a/sub": () => {
              place.remove("assets/ui/a/sub")
              place.put("assets/ui/a/sub", "a file by now")
            },
            ...removing("stat", "ui/a/one.png"),
            ...removing("readFile", "ui/b/asset.json")
          })
        )
        assert.deepStrictEqual<unknown>(scan, {
          registry: "File",
          roots: { "ui/a": { manifest: "File", files: ["asset.json"], links: [], unreadable: [] } },
          links: [],
          unreadable: []
        })
        const gone = yield* scanWith(place, before(place, { "list assets": () => place.remove("assets") }))
        assert.deepStrictEqual(gone.roots, {})
      }))

    it.effect("tells a file for a link that has become one", () =>
      Effect.gen(function*() {
        const place = yield* projectPlace
        const replace = (path: string) => () => {
          place.remove(path)
          place.putLink(path, "nowhere")
        }
        const scan = yield* scanWith(
          place,
          before(place, {
            "stat assets/ui/a/one.png": replace("assets/ui/a/one.png"),
            "readFile assets/ui/b/asset.json": replace("assets/ui/b/asset.json")
          })
        )
        assert.deepStrictEqual(scan.roots["ui/a"]?.links, ["one.png"])
        assert.strictEqual(scan.roots["ui/b"]?.manifest, "Link")
      }))

    it.effect("says which part of the way to a root cannot be looked at", () =>
      Effect.gen(function*() {
        const place = yield* projectPlace
        const seenAt = Effect.fnUntraced(function*(look: Look, errnos: Readonly<Record<string, string>>) {
          const { observe } = yield* workspaceAt(place, { around: failing(place, errnos) })
          return (yield* observe([look])).roots.get(look.root)
        })
        const unreadable = (path: string) => ({ _tag: "Obstacle" as const, kind: "unreadable" as const, path })
        assert.deepStrictEqual(yield* seenAt(lookOf("ui/a"), { "stat assets/ui": "EACCES" }), unreadable("ui"))
        assert.deepStrictEqual(yield* seenAt(lookOf("ui/a"), { "stat assets/ui/a": "EIO" }), unreadable("ui/a"))
        assert.deepStrictEqual(yield* seenAt(lookOf("ui/a"), { "list assets/ui/a": "EACCES" }), unreadable("ui/a"))
        assert.deepStrictEqual(yield* seenAt(lookOf("ui/new"), { "realPath assets/ui": "EACCES" }), unreadable("ui"))
        const seen = yield* seenAt(lookOf("ui/a", "no"), { "list assets/ui/a": "EACCES" })
        assert.strictEqual(seen?._tag, "Folder")
        const failure = yield* Effect.flip(seenAt(lookOf("ui/a"), { "stat assets/.prometeu": "EIO" }))
        assert.strictEqual(failure.errno, "EIO")
      }))

    it.effect("gives a new root the folder that the disk has for it, as the disk spells it", () =>
      Effect.gen(function*() {
        const place = yield* projectPlace
        const realParent = Effect.fnUntraced(function*(real: (path: string) => string) {
          const realPath = (path: string) => Effect.map(place.disk.realPath(path), real)
          const { observe } = yield* workspaceAt({ ...place, disk: { ...place.disk, realPath } })
          return (yield* observe([lookOf("ui/a/new")])).roots.get(root("ui/a/new"))
        })
        const folded = yield* realParent((path) => path.replace(/\/ui\/a$/, "/UI/A"))
        assert.strictEqual(folded?._tag === "Absent" && folded.realParent, "UI/A")
        const linked = yield* realParent((path) => path.endsWith("/ui/a") ? `${place.root}/elsewhere` : path)
        assert.deepStrictEqual(linked, { _tag: "Obstacle", kind: "link", path: "ui/a" })
      }))

    it.effect("knows what lies on another device", () =>
      Effect.gen(function*() {
        const place = yield* projectPlace
        const on = (folder: string) => ({
          ...place.disk,
          stat: (path: string) =>
            Effect.map(
              place.disk.stat(path),
              (stat) =>
                stat && (path.startsWith(`${place.root}/assets/${folder}`) ? { ...stat, device: "other" } : stat)
            )
        })
        const devices = Effect.fnUntraced(function*(folder: string) {
          const { observe } = yield* workspaceAt({ ...place, disk: on(folder) })
          const { roots, runtimeDevice } = yield* observe([lookOf("ui/a"), lookOf("ui/new"), lookOf("new")])
          return [...roots.values()].map((seen) => "device" in seen && seen.device === "other").concat(
            runtimeDevice === "other"
          )
        })
        assert.deepStrictEqual(yield* devices("ui"), [true, true, false, false])
        assert.deepStrictEqual(yield* devices("ui/a"), [true, false, false, false])
        assert.deepStrictEqual(yield* devices(".prometeu"), [false, false, false, true])
        place.putFolder("assets/.prometeu/runtime")
        assert.deepStrictEqual(yield* devices(".prometeu/runtime"), [false, false, false, true])
      }))

    it.effect("looks at no more folders at once than it may", () =>
      Effect.gen(function*() {
        const place = yield* makePlace
        for (let n = 0; n < 20; n++) place.put(`assets/${n % 5}/${n}/asset.json`, "")
        let [now, most] = [0, 0]
        const around: Around = (_call, _path, run) =>
          Effect.acquireUseRelease(
            Effect.sync(() => {
              most = Math.max(most, ++now)
            }),
            () => Effect.andThen(Effect.yieldNow, run),
            () => Effect.sync(() => now--)
          )
        const { roots } = yield* (yield* workspaceAt(place, { around, concurrency: 3 })).scan(asFound)
        assert.deepStrictEqual([roots.length, most, now], [20, 3, 0])
      }))

    it.effect("gives way to others, in many folders as in a full one", () =>
      Effect.gen(function*() {
        for (const paths of [(n: number) => `assets/${n}`, (n: number) => `assets/a/${n}.png`]) {
          const place = yield* makePlace
          const { clock, longest, work } = yield* watchTurns
          place.put("assets/a/asset.json", "")
          for (let n = 0; n < 50; n++) {
            if (paths(n).endsWith(".png")) place.put(paths(n), "")
            else place.putFolder(paths(n))
          }
          const around: Around = (_call, _path, run) => Effect.andThen(Effect.sync(work), run)
          const { scan } = yield* workspaceAt(place, { around, concurrency: 2 })
          yield* Effect.provideService(scan(asFound), Clock.Clock, clock)
          // Past the end of the slice, each of the two that look at folders ends the call it is at.
          assert.isAtMost(longest(), 4 + 2)
        }
      }))

    it.effect("lets go of everything when it is interrupted", () =>
      Effect.gen(function*() {
        const place = yield* projectPlace
        const stuck = yield* Deferred.make<void>()
        let open = 0
        const around: Around = (call, path, run) =>
          Effect.acquireUseRelease(
            Effect.sync(() => open++),
            () =>
              `${call} ${path}` === `list ${place.root}/assets/ui/b`
                ? Effect.andThen(Deferred.succeed(stuck, undefined), Effect.never)
                : run,
            () => Effect.sync(() => open--)
          )
        const { scan } = yield* workspaceAt(place, { around })
        const fiber = yield* Effect.forkChild(scan(asFound))
        yield* Deferred.await(stuck)
        assert.strictEqual(open, 1)
        yield* Fiber.interrupt(fiber)
        assert.strictEqual(open, 0)
      }))

    it.effect("tells now and then how far a scan is, and at its end", () =>
      Effect.gen(function*() {
        const place = yield* makePlace
        for (let n = 0; n < 10; n++) place.put(`assets/${n}/asset.json`, "")
        const around: Around = (call, _path, run) =>
          call === "list" ? Effect.andThen(TestClock.adjust("20 millis"), run) : run
        const { scan } = yield* workspaceAt(place, { around, concurrency: 1 })
        const told: Array<readonly [folders: number, assets: number]> = []
        yield* scan({ ...asFound, progress: ({ assets, folders }) => Effect.sync(() => told.push([folders, assets])) })
        assert.deepStrictEqual(told, [[3, 2], [6, 5], [9, 8], [11, 10]])
      }))
  })
}
