/** What a workspace promises, on any disk. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import { Command, showCommand } from "../../src/domain/Command.ts"
import { looksOf } from "../../src/domain/commands/AllCommands.ts"
import { compareText } from "../../src/domain/Path.ts"
import type { Look, RootSeen, Scan } from "../../src/domain/Seen.ts"
import { asFound } from "../../src/services/Workspace.ts"
import { contentHash, testOpening } from "../../src/testing/ProjectTree.ts"
import { comparableRoots, comparableScan } from "../support/Comparable.ts"
import { bothOf, FolderSpec, nodesOf } from "../support/FolderSpec.ts"
import { type Around, type Place, workspaceAt } from "../support/Places.ts"
import { root } from "../support/Workspace.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder()

type Options = Parameters<typeof workspaceAt>[1]

const scanOf = Effect.fnUntraced(function*(place: Place, options?: Options) {
  return yield* (yield* workspaceAt(place, options)).scan(asFound)
})

const observeOf = Effect.fnUntraced(function*(place: Place, looks: ReadonlyArray<Look>, options?: Options) {
  return yield* (yield* workspaceAt(place, options)).observe(looks)
})

const lookOf = (spelling: string, list: Look["list"] = "no"): Look => ({ root: root(spelling), spelling, list })

/** What is at one root. */
const seenAt = Effect.fnUntraced(function*(place: Place, look: Look, options?: Options) {
  const { roots } = yield* observeOf(place, [look], options)
  return roots.get(look.root)
})

const rootIn = (scan: Scan, spelling: string) => scan.roots.find((found) => found.spelling === spelling)
const spellings = ({ roots }: Scan): ReadonlyArray<string> => roots.map(({ spelling }) => spelling)

/** A project with two assets, one of them in the other's neighbourhood, and a registry. */
const putProject = (place: Place): void => {
  place.put("assets/.prometeu/index.json", "the registry")
  place.put("assets/ui/atlas/asset.json", "the manifest")
  place.put("assets/ui/atlas/one.png", "1")
  place.put("assets/ui/atlas/sub/two.png", "22")
  place.put("assets/ui/other/asset.json", "another")
}

/** Writes down every call. */
const recording = (): { readonly calls: Array<string>; readonly around: Around } => {
  const calls: Array<string> = []
  return {
    calls,
    around: (call, path, run) =>
      Effect.suspend(() => {
        calls.push(`${call} ${path}`)
        return run
      })
  }
}

/** Runs the suite at places that are made for each test. */
export const workspaceContract = (name: string, makePlace: Effect.Effect<Place, never, Scope.Scope>): void => {
  describe(`a workspace on ${name}`, () => {
    it.effect.prop(
      "finds in any folder what the stand-in in memory does",
      { spec: FolderSpec },
      ({ spec }) =>
        Effect.scoped(Effect.gen(function*() {
          const place = yield* makePlace
          const tree = bothOf(nodesOf(spec), place)
          const scan = yield* scanOf(place, { manifestLimit: 10_000, registryLimit: 10_000 })
          assert.deepStrictEqual(comparableScan(scan), comparableScan(tree.scan()))
        })),
      { arbitrary: { runs: 150, seed: "scans" } }
    )

    it.effect.prop(
      "sees for any command what the stand-in in memory does",
      { spec: FolderSpec, others: FolderSpec },
      ({ others, spec }) =>
        Effect.scoped(Effect.gen(function*() {
          const place = yield* makePlace
          const nodes = nodesOf(spec)
          const tree = bothOf(nodes, place)
          const snapshot = tree.open(testOpening)
          const workspace = yield* workspaceAt(place, { manifestLimit: 10_000 })
          const paths = [...nodes.keys(), ...others.map(({ path }) => path.join("/"))]
          const commands = [
            ...paths.map((root) => Command.register({ root })),
            ...Array.from(snapshot.assets.values(), ({ root }) => Command.delete({ asset: { root } })),
            ...Array.from(snapshot.assets.values(), ({ root }) => Command.updateContract({ asset: { root } }))
          ]
          for (const command of commands) {
            const { roots } = yield* workspace.observe(looksOf(snapshot, command))
            const expected = tree.observe(snapshot, command).roots
            assert.deepStrictEqual(comparableRoots(roots), comparableRoots(expected), showCommand(command))
          }
        })),
      { arbitrary: { runs: 100, seed: "looks" } }
    )

    describe("scanning", () => {
      it.effect("keeps of each asset root what is made of it, and has the registry read meanwhile", () =>
        Effect.gen(function*() {
          const place = yield* makePlace
          place.put("assets/.prometeu/index.json", "registry")
          for (const name of ["b", "a"]) place.put(`assets/${name}/asset.json`, "{}")
          const told: Array<string> = []
          const workspace = yield* workspaceAt(place)
          const scan = yield* workspace.scan({
            progress: () => Effect.void,
            *registry(seen) {
              told.push(seen._tag === "File" ? new TextDecoder().decode(seen.bytes) : seen._tag)
              yield
              told.push("read")
            },
            root: ({ manifest, spelling }) => ({ spelling, size: manifest._tag === "File" && manifest.bytes.length })
          })
          assert.deepStrictEqual(told, ["registry", "read"])
          assert.deepStrictEqual(scan.roots, [{ spelling: "a", size: 2 }, { spelling: "b", size: 2 }])
        }))

      it.effect("finds nothing in a project without assets, or with an empty folder for them", () =>
        Effect.gen(function*() {
          const place = yield* makePlace
          const nothing = { registry: { _tag: "Absent" }, roots: [], links: [], unreadable: [] }
          place.put("readme.txt", "a project")
          assert.deepStrictEqual<unknown>(yield* scanOf(place), nothing)
          place.putFolder("assets")
          assert.deepStrictEqual<unknown>(yield* scanOf(place), nothing)
        }))

      it.effect("reads manifests and the registry, and tells the disk's word on files", () =>
        Effect.gen(function*() {
          const place = yield* makePlace
          putProject(place)
          const scan = yield* scanOf(place)
          assert.deepStrictEqual(spellings(scan), ["ui/atlas", "ui/other"])
          assert.strictEqual(scan.registry._tag === "File" && decoder.decode(scan.registry.bytes), "the registry")
          const path = `${place.root}/assets/ui/atlas`
          const manifest = yield* place.disk.stat(`${path}/asset.json`)
          const png = yield* place.disk.stat(`${path}/sub/two.png`)
          const found = rootIn(scan, "ui/atlas")
          assert.deepStrictEqual<unknown>(found?.manifest._tag === "File" && found.manifest.fingerprint, {
            hash: contentHash(encoder.encode("the manifest")),
            size: 12,
            mtimeMs: manifest?.mtimeMs,
            inode: manifest?.inode
          })
          assert.deepStrictEqual(found?.folder.files.map(({ path }) => path), [
            "asset.json",
            "one.png",
            "sub/two.png"
          ])
          assert.strictEqual(found?.folder.files[0]?.mtimeMs, manifest?.mtimeMs)
          assert.strictEqual(found?.folder.files[2]?.mtimeMs, png?.mtimeMs)
        }))

      it.effect("fails only for a project that is not there, or is no folder", () =>
        Effect.gen(function*() {
          const place = yield* makePlace
          const errno = Effect.fnUntraced(function*(folder: string) {
            const failure = yield* Effect.flip(scanOf({ ...place, root: `${place.root}/${folder}` }))
            return [failure._tag, failure.path.slice(place.root.length + 1), failure.errno]
          })
          place.putFolder("outside/assets")
          place.put("file", "")
          place.putLink("link", "outside")
          place.putLink("with-link/assets", "outside/assets")
          place.put("with-file/assets", "")
          assert.deepStrictEqual(yield* errno("gone"), ["DiskError", "gone", "ENOENT"])
          assert.deepStrictEqual(yield* errno("file"), ["DiskError", "file", "ENOTDIR"])
          assert.deepStrictEqual(yield* errno("link"), ["DiskError", "link", "ELOOP"])
          assert.deepStrictEqual(yield* errno("with-link"), ["DiskError", "with-link/assets", "ELOOP"])
          assert.deepStrictEqual(yield* errno("with-file"), ["DiskError", "with-file/assets", "ENOTDIR"])
        }))

      it.effect("leaves the packer's own folder alone, however it is spelled, and no other of that name", () =>
        Effect.gen(function*() {
          const place = yield* makePlace
          place.put("assets/.Prometeu/a/asset.json", "")
          place.put("assets/ui/.prometeu/asset.json", "")
          assert.deepStrictEqual(spellings(yield* scanOf(place)), ["ui/.prometeu"])
        }))

      it.effect("sees what the registry is, and never reads it through a link", () =>
        Effect.gen(function*() {
          const place = yield* makePlace
          const registry = Effect.map(scanOf(place), ({ registry }) => registry._tag)
          place.putFolder("assets/.prometeu/index.json")
          assert.strictEqual(yield* registry, "NoFile")
          place.remove("assets/.prometeu/index.json")
          assert.strictEqual(yield* registry, "Absent")
          place.put("assets/.prometeu/index.json", "x".repeat(2001))
          assert.strictEqual(yield* registry, "TooLarge")
          place.remove("assets/.prometeu/index.json")
          place.put("outside/index.json", "{}")
          place.putLink("assets/.prometeu/index.json", "outside/index.json")
          assert.strictEqual(yield* registry, "Link")
          place.remove("assets/.prometeu")
          place.putLink("assets/.prometeu", "outside")
          assert.strictEqual(yield* registry, "Link")
        }))

      it.effect("takes for a root whatever holds something called asset.json", () =>
        Effect.gen(function*() {
          const place = yield* makePlace
          place.put("outside/asset.json", "canary")
          place.put("assets/folder/asset.json/inside.txt", "")
          place.putLink("assets/link/asset.json", "outside/asset.json")
          place.put("assets/large/asset.json", "x".repeat(1001))
          place.put("assets/case/Asset.json", "")
          place.put("assets/asset.json", "")
          const scan = yield* scanOf(place)
          assert.deepStrictEqual(spellings(scan), ["folder", "large", "link"])
          assert.deepStrictEqual<unknown>(rootIn(scan, "folder")?.manifest, { _tag: "NoFile" })
          assert.deepStrictEqual(rootIn(scan, "folder")?.folder.files.map(({ path }) => path), [
            "asset.json/inside.txt"
          ])
          assert.deepStrictEqual<unknown>(rootIn(scan, "large")?.manifest, { _tag: "TooLarge", size: 1001 })
          assert.deepStrictEqual(rootIn(scan, "large")?.folder.files.map(({ size }) => size), [1001])
          assert.deepStrictEqual<unknown>(rootIn(scan, "link")?.manifest, { _tag: "Link" })
          assert.deepStrictEqual<unknown>(rootIn(scan, "link")?.folder, {
            files: [],
            links: [],
            unreadable: [],
            innerRoots: []
          })
        }))

      it.effect("gives every file to the innermost root, and names inner roots in all around them", () =>
        Effect.gen(function*() {
          const place = yield* makePlace
          for (const path of ["a", "a/b/c", "a/b/c/d", "a/z"]) {
            place.put(`assets/${path}/asset.json`, "")
            place.put(`assets/${path}/own.png`, "")
          }
          place.put("assets/a/b/between.png", "")
          const folders = (yield* scanOf(place)).roots.map(({ folder, spelling }) => [
            spelling,
            folder.files.map(({ path }) => path),
            folder.innerRoots
          ])
          assert.deepStrictEqual(folders, [
            ["a", ["asset.json", "b/between.png", "own.png"], ["b/c", "b/c/d", "z"]],
            ["a/b/c", ["asset.json", "own.png"], ["d"]],
            ["a/b/c/d", ["asset.json", "own.png"], []],
            ["a/z", ["asset.json", "own.png"], []]
          ])
        }))

      it.effect("tells links, and reads nothing through them", () =>
        Effect.gen(function*() {
          const place = yield* makePlace
          const { around, calls } = recording()
          place.put("outside/asset.json", "canary")
          place.put("outside/canary.png", "canary")
          putProject(place)
          place.putLink("assets/folder", "outside")
          place.putLink("assets/ui/file", "outside/canary.png")
          place.putLink("assets/ui/around", "assets")
          place.putLink("assets/ui/atlas/folder", "outside")
          place.putLink("assets/ui/atlas/sub/broken", "nowhere")
          const scan = yield* scanOf(place, { around })
          assert.deepStrictEqual(scan.links, ["folder", "ui/around", "ui/file"])
          assert.deepStrictEqual(rootIn(scan, "ui/atlas")?.folder.links, ["folder", "sub/broken"])
          const looks = ["folder", "folder/in", "ui/around/ui/atlas", "ui/atlas/folder/x", "ui/atlas"]
          yield* observeOf(place, looks.map((look) => lookOf(look, "yes")), { around })
          const { readFile } = yield* workspaceAt(place, { around })
          assert.strictEqual((yield* readFile("folder/canary.png", 100))._tag, "Link")
          assert.strictEqual((yield* readFile("ui/file", 100))._tag, "Link")
          const links = ["folder/", "ui/around/", "ui/atlas/folder/"].map((link) => `${place.root}/assets/${link}`)
          assert.deepStrictEqual(calls.filter((call) => links.some((link) => call.includes(link))), [])
          assert.deepStrictEqual(calls.filter((call) => call.includes("outside")), [])
        }))

      it.effect("goes as deep as folders do", () =>
        Effect.gen(function*() {
          const place = yield* makePlace
          const deep = Array.from({ length: 300 }, (_, depth) => `d${depth}`).join("/")
          place.put("assets/d0/asset.json", "")
          place.put(`assets/${deep}/asset.json`, "")
          const scan = yield* scanOf(place)
          assert.deepStrictEqual(spellings(scan), ["d0", deep])
          assert.deepStrictEqual(rootIn(scan, "d0")?.folder.innerRoots, [deep.slice(3)])
        }))

      it.effect("lists thousands of files of one folder, in the order of code points", () =>
        Effect.gen(function*() {
          const place = yield* makePlace
          const names = Array.from({ length: 5000 }, (_, n) => `${(n * 7919) % 5000}.png`).concat(
            "\uFF5E.png",
            "\u{1F600}.png"
          )
          place.put("assets/a/asset.json", "")
          for (const name of names) place.put(`assets/a/${name}`, "")
          const files = rootIn(yield* scanOf(place), "a")?.folder.files.map(({ path }) => path)
          assert.deepStrictEqual(files, [...names, "asset.json"].toSorted(compareText))
          assert.deepStrictEqual(files?.slice(-2), ["\uFF5E.png", "\u{1F600}.png"])
        }))

      it.effect("keeps the spelling of the disk", () =>
        Effect.gen(function*() {
          const place = yield* makePlace
          place.put("assets/u\u0308/asset.json", "")
          place.put("assets/u\u0308/o\u0308.png", "")
          place.put("assets/u\u0308/\uFFFD.png", "a name that is odd, and legal")
          const scan = yield* scanOf(place)
          assert.deepStrictEqual(spellings(scan), ["u\u0308"])
          assert.deepStrictEqual(scan.roots[0]?.folder.unreadable, [])
          assert.deepStrictEqual(scan.roots[0]?.folder.files.map(({ path }) => path), [
            "asset.json",
            "o\u0308.png",
            "\uFFFD.png"
          ])
        }))
    })

    describe("looking at roots", () => {
      it.effect("says what ends the way", () =>
        Effect.gen(function*() {
          const place = yield* makePlace
          putProject(place)
          place.putLink("assets/ui/link", "assets/ui/atlas")
          const at = (spelling: string) => seenAt(place, lookOf(spelling))
          const device = (yield* place.disk.stat(`${place.root}/assets`))?.device ?? ""
          const absent = (seen: { spelling: string; realParent: string; missingParents: ReadonlyArray<string> }) => ({
            _tag: "Absent" as const,
            ...seen,
            device
          })
          const expected: Record<string, RootSeen> = {
            new: absent({ spelling: "new", realParent: "", missingParents: [] }),
            "ui/new": absent({ spelling: "ui/new", realParent: "ui", missingParents: [] }),
            "ui/x/y/z": absent({ spelling: "ui/x/y/z", realParent: "ui", missingParents: ["ui/x", "ui/x/y"] }),
            "ui/link": { _tag: "Link" },
            "ui/link/x": { _tag: "Obstacle", kind: "link", path: "ui/link" },
            "ui/atlas/one.png": { _tag: "Other" },
            "ui/atlas/one.png/x/y": { _tag: "Obstacle", kind: "no-folder", path: "ui/atlas/one.png" }
          }
          for (const [spelling, seen] of Object.entries(expected)) {
            assert.deepStrictEqual(yield* at(spelling), seen, spelling)
          }
        }))

      it.effect("knows a folder again by its id, and lists it if it is asked to", () =>
        Effect.gen(function*() {
          const place = yield* makePlace
          putProject(place)
          const stat = yield* place.disk.stat(`${place.root}/assets/ui/atlas`)
          const seen = yield* seenAt(place, lookOf("ui/atlas"))
          const listed = yield* seenAt(place, lookOf("ui/atlas", "yes"))
          const scanned = rootIn(yield* scanOf(place), "ui/atlas")
          if (seen?._tag !== "Folder" || listed?._tag !== "Folder") return assert.fail("it is a folder")
          assert.deepStrictEqual([seen.folderId, seen.device, seen.folder], [stat?.inode, stat?.device, undefined])
          assert.deepStrictEqual<unknown>(
            { spelling: "ui/atlas", manifest: listed.manifest, folder: listed.folder },
            scanned
          )
        }))

      it.effect("works in a project without assets, and in no other without a folder", () =>
        Effect.gen(function*() {
          const place = yield* makePlace
          const device = (yield* place.disk.stat(place.root))?.device ?? ""
          const { at, roots, runtimeDevice } = yield* observeOf(place, [lookOf("ui/new", "yes")])
          assert.deepStrictEqual([at, runtimeDevice], [0, device])
          assert.deepStrictEqual(Array.from(roots), [[root("ui/new"), {
            _tag: "Absent",
            spelling: "ui/new",
            realParent: "",
            missingParents: ["ui"],
            device
          }]])
          const errno = (at: Place) => Effect.map(Effect.flip(observeOf(at, [])), ({ _tag, errno }) => [_tag, errno])
          place.putLink("with-link/assets", "with-link")
          place.put("assets", "")
          assert.deepStrictEqual(yield* errno(place), ["DiskError", "ENOTDIR"])
          assert.deepStrictEqual(yield* errno({ ...place, root: `${place.root}/with-link` }), ["DiskError", "ELOOP"])
          assert.deepStrictEqual(yield* errno({ ...place, root: `${place.root}/gone` }), ["DiskError", "ENOENT"])
        }))

      it.effect("touches nothing but what it is asked for, and that once", () =>
        Effect.gen(function*() {
          const place = yield* makePlace
          const { around, calls } = recording()
          putProject(place)
          place.put("assets/ui/atlas/inner/asset.json", "")
          place.put("assets/ui/atlas/inner/own.png", "")
          for (let n = 0; n < 50; n++) place.put(`assets/many/${n}/asset.json`, "")
          const looks = [lookOf("ui/atlas"), lookOf("ui/atlas", "yes"), lookOf("ui/atlas")]
          const { roots } = yield* observeOf(place, looks, { around })
          const seen = roots.get(root("ui/atlas"))
          assert.deepStrictEqual(seen?._tag === "Folder" && seen.folder?.innerRoots, ["inner"])
          assert.deepStrictEqual(calls.map((call) => call.replace(place.root, "")).toSorted(), [
            "list /assets/ui/atlas",
            "list /assets/ui/atlas/inner",
            "list /assets/ui/atlas/sub",
            "readFile /assets/ui/atlas/asset.json",
            "stat ",
            "stat /assets",
            "stat /assets/.prometeu",
            "stat /assets/.prometeu/runtime",
            "stat /assets/ui",
            "stat /assets/ui/atlas",
            "stat /assets/ui/atlas/one.png",
            "stat /assets/ui/atlas/sub/two.png"
          ])
        }))
    })

    it.effect("reads single files below assets", () =>
      Effect.gen(function*() {
        const place = yield* makePlace
        const { readFile } = yield* workspaceAt(place)
        assert.strictEqual((yield* readFile("a", 10))._tag, "Absent")
        putProject(place)
        const tagOf = (path: string) => Effect.map(readFile(path, 5), ({ _tag }) => _tag)
        assert.strictEqual(yield* tagOf("ui/atlas/one.png"), "File")
        assert.strictEqual(yield* tagOf("ui/atlas/asset.json"), "TooLarge")
        assert.strictEqual(yield* tagOf("ui/atlas/none.png"), "Absent")
        assert.strictEqual(yield* tagOf("ui/none/none.png"), "Absent")
        assert.strictEqual(yield* tagOf("ui/atlas/one.png/x"), "Absent")
        assert.strictEqual(yield* tagOf("ui/atlas"), "NoFile")
      }))
  })
}
