import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Schema, Scope } from "effect"
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { pathToFileURL } from "node:url"
import type { Worker } from "node:worker_threads"
import { afterAll, beforeAll } from "vitest"
import { type Breather, makeBreather } from "../../src/layers/Breather.ts"
import { diskWorkspace } from "../../src/layers/DiskWorkspace.ts"
import { lookInto } from "../../src/layers/FolderLook.ts"
import { nodeDisk } from "../../src/layers/NodeDisk.ts"
import { nodeFolderReader } from "../../src/layers/NodeFolderReader.ts"
import { lookAtListed, lookInto as lookIntoHere, lookIntoSmall } from "../../src/layers/NodeReading.ts"
import { Disk } from "../../src/services/Disk.ts"
import { FolderReader, type ReadFolders } from "../../src/services/FolderReader.ts"
import { ProjectFolder } from "../../src/services/ProjectFolder.ts"
import { asFound, Workspace } from "../../src/services/Workspace.ts"
import { contentHash } from "../../src/testing/ProjectTree.ts"
import { recordingDisk } from "../../src/testing/RecordingDisk.ts"
import { workspaceContract } from "../contracts/Workspace.ts"
import { type RealPlace, realPlace, workspaceAt } from "../support/Places.ts"
import { root } from "../support/Workspace.ts"

const onLinux = process.platform === "linux"
const ownScript = new URL("../../src/layers/NodeFolderWorker.ts", import.meta.url)

/** The threads that were started so far. */
const started: Array<Worker> = []
process.on("worker", (worker) => started.push(worker))

/** The numbers of those that still run. */
const running = (from: number) => started.slice(from).flatMap(({ threadId }) => threadId === -1 ? [] : [threadId])

const openPaths = () =>
  fs.readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [fs.readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      return []
    }
  })

/** Threads that serve all tests which only want to read. */
const scope = Scope.makeUnsafe()
let read: ReadFolders = () => Effect.succeed(undefined)

beforeAll(() =>
  Effect.runPromise(
    Effect.gen(function*() {
      const { begin } = nodeFolderReader(yield* Disk)
      read = yield* Scope.provide(begin(2), scope)
    }).pipe(Effect.provide(nodeDisk))
  )
)
afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

workspaceContract(
  "the disk of this machine, read by threads",
  Effect.map(realPlace, (place) => ({
    ...place,
    reading: { worthwhile: 1, batch: 3, inFlight: 2, begin: () => Effect.succeed(read) }
  }))
)

workspaceContract(
  "the disk of this machine, read by threads and by the one that asks them",
  Effect.map(realPlace, (place) => ({
    ...place,
    reading: { worthwhile: 1, batch: 3, inFlight: 2, here: lookIntoSmall, begin: () => Effect.succeed(read) }
  }))
)

describe("the thread that asks others to read", () => {
  /** A scan of so many assets in which `here` does something first, and what was asked of whom. */
  const scanWith = Effect.fnUntraced(function*(
    assets: number,
    options: { readonly read: ReadFolders; readonly before: (asked: number) => void }
  ) {
    const place = yield* realPlace
    const expected = Array.from({ length: assets }, (_, n) => String(n).padStart(4, "0"))
    for (const name of expected) place.put(`assets/${name}/asset.json`, "{}")
    const asked: Array<string> = []
    const here: typeof lookIntoHere = (ask, manifestLimit) => {
      asked.push(ask.path.slice(-4))
      options.before(asked.length)
      return lookIntoHere(ask, manifestLimit)
    }
    const begin = () => Effect.succeed(options.read)
    const { scan } = yield* workspaceAt({ ...place, reading: { worthwhile: 2, batch: 4, inFlight: 1, here, begin } })
    const { roots } = yield* scan(asFound)
    assert.deepStrictEqual(roots.map(({ spelling }) => spelling), expected)
    return asked
  })

  it.live("reads from the last folder on while it waits for them", () =>
    Effect.gen(function*() {
      const done = yield* Deferred.make<void>()
      const slow: ReadFolders = (asks, limit) =>
        Effect.andThen(Deferred.await(done), Effect.sync(() => asks.map((ask) => lookIntoHere(ask, limit))))
      const asked = yield* scanWith(20, {
        read: slow,
        before: (count) => count === 16 && Deferred.doneUnsafe(done, Effect.void)
      })
      assert.deepStrictEqual(asked, Array.from({ length: 16 }, (_, n) => String(19 - n).padStart(4, "0")))
    }))

  it.live("leaves them to others where each has to be waited for", () =>
    Effect.gen(function*() {
      const done = yield* Deferred.make<void>()
      const slow: ReadFolders = (asks, limit) =>
        Effect.andThen(Deferred.await(done), Effect.sync(() => asks.map((ask) => lookIntoHere(ask, limit))))
      const asked = yield* scanWith(40, {
        read: slow,
        before: (count) => {
          for (const start = performance.now(); performance.now() - start < 2;);
          if (count === 8) Deferred.doneUnsafe(done, Effect.void)
        }
      })
      assert.strictEqual(asked.length, 8)
    }))

  it.live("is no more patient for having been answered at once for long", () =>
    Effect.gen(function*() {
      const done = yield* Deferred.make<void>()
      yield* Effect.forkChild(Effect.andThen(Effect.sleep("300 millis"), Deferred.succeed(done, undefined)))
      const slow: ReadFolders = (asks, limit) =>
        Effect.andThen(Deferred.await(done), Effect.sync(() => asks.map((ask) => lookIntoHere(ask, limit))))
      const asked = yield* scanWith(300, {
        read: slow,
        before: (count) => {
          const millis = count > 200 ? 2 : 0
          for (const start = performance.now(); performance.now() - start < millis;);
        }
      })
      assert.isAbove(asked.length, 200)
      assert.isAtMost(asked.length, 208)
    }))

  it.live("leaves a folder to be read with pauses that holds much", () =>
    Effect.gen(function*() {
      const place = yield* realPlace
      const names = Array.from({ length: 300 }, (_, n) => `${String(n).padStart(4, "0")}.png`)
      for (const root of ["a", "b", "c"]) place.put(`assets/${root}/asset.json`, "{}")
      for (const name of names) place.put(`assets/b/${name}`, name)
      assert.isUndefined(lookIntoSmall({ path: `${place.root}/assets/b`, filesCount: true }, 100))
      const none: ReadFolders = () => Effect.succeed(undefined)
      const begin = () => Effect.succeed(none)
      const reading = { worthwhile: 2, batch: 1, inFlight: 0, here: lookIntoSmall, begin }
      const { scan } = yield* workspaceAt({ ...place, reading })
      const { roots } = yield* scan(asFound)
      assert.deepStrictEqual(roots.map(({ spelling }) => spelling), ["a", "b", "c"])
      assert.deepStrictEqual(roots[1]?.folder.files.map(({ path }) => path), [...names, "asset.json"])
    }))
})

describe("the look at one asset", () => {
  /** What is seen of an asset with so many files, how its folder was listed, and how often the few in it were looked at at once. */
  const seenWith = Effect.fnUntraced(function*(files: number, millis = 0) {
    const place = yield* realPlace
    place.put("assets/a/asset.json", "{}")
    for (let n = 0; n < files; n++) place.put(`assets/a/${n}.png`, "")
    const recording = recordingDisk(place.disk)
    let atOnce = 0
    const looked: typeof lookAtListed = (ask, limit, entries) => {
      atOnce++
      for (const start = performance.now(); performance.now() - start < millis;);
      return lookAtListed(ask, limit, entries)
    }
    const reading = { worthwhile: 2, batch: 1, inFlight: 0, looked, begin: () => Effect.succeed(read) }
    const { observe } = yield* workspaceAt({ ...place, disk: recording.disk, reading })
    const look = observe([{ root: root("a"), spelling: "a", list: "yes" }])
    const { roots } = yield* look
    const seen = roots.get(root("a"))
    assert.strictEqual(seen?._tag === "Folder" ? seen.folder?.files.length : undefined, files + 1)
    return { look, lists: recording.count("list"), atOnce: () => atOnce }
  })

  it.live("takes one call where it holds few files, and a call for each where it holds more", () =>
    Effect.gen(function*() {
      for (const [files, times] of [[0, 1], [31, 1], [32, 0], [300, 0]] as const) {
        const { atOnce, lists } = yield* seenWith(files)
        assert.deepStrictEqual([atOnce(), lists], [times, 1], `${files} files`)
      }
    }))

  it.live("takes a call for each where the disk has to be waited for again and again", () =>
    Effect.gen(function*() {
      const { atOnce, look } = yield* seenWith(3, 2)
      for (let times = 1; times < 20; times++) yield* look
      assert.strictEqual(atOnce(), 8)
    }))
})

const lookAtAll = (disk: Disk["Service"], breather: Breather, paths: ReadonlyArray<string>, filesCount: boolean) =>
  Effect.forEach(paths, (path) => lookInto({ disk, breather, path, filesCount, manifest: "read", manifestLimit: 20 }))

/** What is found without threads and with them, without what only one of them tells and nobody wants to know. */
const findBoth = Effect.fnUntraced(function*({ disk }: RealPlace, paths: ReadonlyArray<string>, filesCount: boolean) {
  const alone = yield* lookAtAll(disk, yield* makeBreather, paths, filesCount)
  const together = yield* read(paths.map((path) => ({ path, filesCount })), 20)
  return [JSON.stringify(alone.map(comparable)), JSON.stringify(Array.from(together ?? [], comparable))]
})

const comparable = (sight: Effect.Success<ReturnType<typeof lookInto>>) => {
  if (sight.kind === "failed") return sight
  const { entries, manifest } = sight
  return {
    entries: entries.map(({ kind, look, name }) => ({
      name,
      kind,
      look: look === undefined || !("size" in look)
        ? look
        : { kind: look.kind, size: look.size, mtimeMs: look.mtimeMs }
    })),
    manifest: manifest?.kind !== "found"
      ? manifest
      : {
        kind: manifest.stat.kind,
        size: manifest.stat.size,
        mtimeMs: manifest.stat.mtimeMs,
        inode: manifest.stat.inode,
        bytes: manifest.bytes && Array.from(manifest.bytes)
      }
  }
}

const Entry = Schema.Struct({
  name: Schema.Literals(["asset.json", "asset.json", "a.png", "é", "e\u0301", "with space", "quote\"'", "😀", "b.png"]),
  kind: Schema.Literals(["file", "file", "empty file", "large file", "folder", "link", "dangling link", "pipe"])
})
const Folders = Schema.Array(Schema.Array(Entry).check(Schema.isMaxLength(6))).check(Schema.isMaxLength(5))

const putEntry = (place: RealPlace, path: string, kind: (typeof Entry.Type)["kind"]): void => {
  if (fs.existsSync(`${place.root}/${path}`)) return
  if (kind === "folder") place.putFolder(path)
  else if (kind === "link") place.putLink(path, "target")
  else if (kind === "dangling link") place.putLink(path, "nowhere")
  else if (kind === "pipe") execFileSync("mkfifo", [`${place.root}/${path}`])
  else place.put(path, kind === "empty file" ? "" : kind === "file" ? "content" : "more than is to be read")
}

describe.runIf(onLinux)("reading folders by threads", () => {
  it.effect.prop(
    "finds what the calls of the disk find",
    { folders: Folders, filesCount: Schema.Boolean },
    ({ filesCount, folders }) =>
      Effect.scoped(Effect.gen(function*() {
        const place = yield* realPlace
        place.put("target", "what links lead to")
        for (const [n, entries] of folders.entries()) {
          place.putFolder(`${n}`)
          for (const { kind, name } of entries) {
            if (!fs.readdirSync(`${place.root}/${n}`).includes(name)) putEntry(place, `${n}/${name}`, kind)
          }
        }
        const [alone, together] = yield* findBoth(place, folders.map((_, n) => `${place.root}/${n}`), filesCount)
        assert.strictEqual(together, alone)
      })),
    { arbitrary: { runs: 60, seed: "folders" } }
  )

  it.effect("finds the same where nothing can be found", () =>
    Effect.gen(function*() {
      const place = yield* realPlace
      place.put("file", "")
      place.putLink("link", "folder")
      place.putLink("around", "around")
      place.put("folder/asset.json", "")
      place.putRaw("folder", new Uint8Array([0x62, 0xff]), "file")
      place.putRaw("folder", new Uint8Array([0x63, 0xff]), "folder")
      const paths = [
        "file",
        "link",
        "around",
        "around/x",
        "none",
        "none/x",
        "file/x",
        "n".repeat(300),
        "folder",
        "c\u{FFFD}"
      ]
      const [alone, together] = yield* findBoth(place, paths.map((path) => `${place.root}/${path}`), true)
      assert.strictEqual(together, alone)
      for (const errno of ["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "gone"]) assert.include(alone, errno)
    }))

  it.effect("finds the same where reading is not allowed", () =>
    Effect.gen(function*() {
      const place = yield* realPlace
      fs.chmodSync(place.root, 0o755)
      for (const path of ["closed/asset.json", "named/asset.json", "open/asset.json"]) place.put(path, "{}")
      place.put("named/a.png", "")
      fs.chmodSync(`${place.root}/closed`, 0)
      fs.chmodSync(`${place.root}/named`, 0o444)
      fs.chmodSync(`${place.root}/open/asset.json`, 0)
      yield* asNobody
      const paths = ["closed", "named", "open"].map((path) => `${place.root}/${path}`)
      const [alone, together] = yield* findBoth(place, paths, true)
      assert.strictEqual(together, alone)
      // The folder; the manifest, which is looked at once more, and a file; a manifest whose folder tells what it is.
      assert.strictEqual(alone?.split("EACCES").length, 1 + 1 + 3 + 1)
    }))
})

/** Who may read everything may not for a moment: threads of a process have one user. */
const asNobody = Effect.acquireRelease(
  Effect.sync(() => {
    const user = process.geteuid?.()
    if (user === 0) process.seteuid?.(65_534)
    return user
  }),
  (user) =>
    Effect.sync(() => {
      if (user === 0) process.seteuid?.(0)
    })
)

/** The asset roots that a scan finds, with threads that run a script from the first folder on. */
const scanBy = (
  { root }: RealPlace,
  script: URL,
  options: { readonly hash?: (bytes: Uint8Array) => string } = {}
) =>
  Effect.gen(function*() {
    const disk = yield* Disk
    // What threads do is to be seen: all folders are left to them.
    const { here: _, ...threads } = nodeFolderReader(disk, () => script)
    const reading = { ...threads, worthwhile: 1, batch: 4, inFlight: 4 }
    const layer = diskWorkspace({
      hash: contentHash,
      manifestLimit: 1000,
      registryLimit: 2000,
      concurrency: 4,
      ...options
    })
    const { scan } = yield* Effect.provide(
      Workspace,
      Layer.provide(layer, [Layer.succeed(Disk, disk), Layer.succeed(FolderReader, reading), ProjectFolder.layer(root)])
    )
    return (yield* scan(asFound)).roots.map(({ folder, manifest, spelling }) => [
      spelling,
      manifest._tag === "File" && manifest.fingerprint.hash,
      folder.files.map(({ path }) => path)
    ])
  }).pipe(Effect.provide(nodeDisk))

const putAssets = (place: RealPlace, count: number) => {
  const numbers = Array.from({ length: count }, (_, n) => String(n).padStart(4, "0"))
  for (const n of numbers) place.put(`assets/${n}/asset.json`, n)
  return numbers.map((n) => [n, contentHash(new TextEncoder().encode(n)), ["asset.json"]])
}

/** The script of a thread that does something of its own before it is asked for each batch. */
const scriptOf = (place: RealPlace, before: string): URL => {
  place.put(
    "script.mjs",
    `import * as fs from "node:fs"
    import { parentPort } from "node:worker_threads"
    let asked = 0
    parentPort.on("message", () => { asked++; ${before} })
    await import(${JSON.stringify(ownScript.href)})`
  )
  return pathToFileURL(`${place.root}/script.mjs`)
}

describe("threads that read", () => {
  it.effect("are started for a large project only, and are gone when it was read", () =>
    Effect.gen(function*() {
      const place = yield* realPlace
      const expected = putAssets(place, 1023)
      const scan = Effect.gen(function*() {
        const { scan } = yield* Workspace
        return (yield* scan(asFound)).roots.length
      }).pipe(
        Effect.provide(
          diskWorkspace({ hash: contentHash, manifestLimit: 1000, registryLimit: 2000, concurrency: 4 }).pipe(
            Layer.provide([nodeDisk, ProjectFolder.layer(place.root)])
          )
        )
      )
      const before = started.length
      assert.strictEqual(yield* scan, expected.length)
      assert.strictEqual(started.length, before)
      place.put("assets/one more/asset.json", "")
      assert.strictEqual(yield* scan, expected.length + 1)
      assert.isAtLeast(started.length, before + 1)
      assert.deepStrictEqual(running(before), [])
    }))

  it.effect("are done without where they cannot be started", () =>
    Effect.gen(function*() {
      const place = yield* realPlace
      const expected = putAssets(place, 40)
      place.put("broken.mjs", "throw new Error()")
      place.put("leaves.mjs", "process.exit(0)")
      const scripts = ["https://example.org/script.js", `file://${place.root}/none.mjs`]
        .concat(["broken", "leaves"].map((name) => `file://${place.root}/${name}.mjs`))
      for (const script of scripts) assert.deepStrictEqual(yield* scanBy(place, new URL(script)), expected, script)
    }))

  it.effect("are done without where they die", () =>
    Effect.gen(function*() {
      const place = yield* realPlace
      const expected = putAssets(place, 100)
      for (const end of ["process.exit(1)", "throw new Error()", "process.exit(0)"]) {
        const script = scriptOf(place, `if (asked === 3) ${end}`)
        assert.deepStrictEqual(yield* scanBy(place, script), expected, end)
      }
    }))

  it.effect.skipIf(!onLinux)(
    "are gone with what they had open when the scan is interrupted",
    () =>
      Effect.gen(function*() {
        const place = yield* realPlace
        putAssets(place, 40)
        const script = scriptOf(
          place,
          `if (asked === 2) {
          fs.openSync(${JSON.stringify(`${place.root}/assets/0000/asset.json`)})
          parentPort.postMessage({ stuck: true })
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
        }`
        )
        const stuck = yield* Deferred.make<void>()
        const before = started.length
        const watch = (worker: Worker) =>
          worker.on("message", (message) => {
            if ("stuck" in message) Deferred.doneUnsafe(stuck, Effect.void)
          })
        process.on("worker", watch)
        const fiber = yield* Effect.forkChild(scanBy(place, script))
        yield* Deferred.await(stuck)
        process.off("worker", watch)
        assert.include(openPaths(), `${place.root}/assets/0000/asset.json`)
        assert.notStrictEqual(running(before).length, 0)
        yield* Fiber.interrupt(fiber)
        assert.deepStrictEqual(running(before), [])
        assert.notInclude(openPaths(), `${place.root}/assets/0000/asset.json`)
      })
  )

  it.effect("are gone when the scan ends by a fault", () =>
    Effect.gen(function*() {
      const place = yield* realPlace
      putAssets(place, 40)
      const before = started.length
      const hash = () => {
        throw new Error("a fault")
      }
      assert.isTrue(Exit.isFailure(yield* Effect.exit(scanBy(place, ownScript, { hash }))))
      assert.isAtLeast(started.length, before + 1)
      assert.deepStrictEqual(running(before), [])
    }))

  it.effect("keep a process that waits for them, and no other", () =>
    Effect.gen(function*() {
      const place = yield* realPlace
      const from = (path: string) => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href)
      place.put("folder/name", "")
      place.put(
        "process.mjs",
        `const { nodeFolderReader } = await import(${from("layers/NodeFolderReader.ts")})
        const { Effect, Scope } = await import(${JSON.stringify(import.meta.resolve("effect"))})
        const read = await Effect.runPromise(Scope.provide(nodeFolderReader({}).begin(2), Scope.makeUnsafe()))
        const [sight] = await Effect.runPromise(read([{ path: ${
          JSON.stringify(`${place.root}/folder`)
        }, filesCount: false }], 0))
        process.stdout.write(sight.entries[0].name)`
      )
      // What was begun is never ended there.
      assert.strictEqual(execFileSync(process.execPath, [`${place.root}/process.mjs`], { encoding: "utf8" }), "name")
    }))

  it.effect("do not read for a disk around that of this machine", () =>
    Effect.gen(function*() {
      const place = yield* realPlace
      putAssets(place, 1100)
      const before = started.length
      const calls = yield* Effect.gen(function*() {
        const recording = recordingDisk(yield* Disk)
        const { scan } = yield* Effect.provide(
          Workspace,
          diskWorkspace({ hash: contentHash, manifestLimit: 1000, registryLimit: 2000, concurrency: 4 }).pipe(
            Layer.provide([Layer.succeed(Disk, recording.disk), ProjectFolder.layer(place.root)])
          )
        )
        yield* scan(asFound)
        return recording.count("list")
      }).pipe(Effect.provide(nodeDisk))
      assert.deepStrictEqual([calls, started.length], [1101, before])
    }))
})
