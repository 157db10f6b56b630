import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, type Scope } from "effect"
import type { DiskError } from "../../src/services/Disk.ts"
import { crashStates } from "../../src/testing/CrashStates.ts"
import type { DiskCall } from "../../src/testing/DiskCall.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { integer } from "../support/Arbitraries.ts"
import { create, diskAct, doAll, flush, withFile } from "../support/DiskActs.ts"

const decoder = new TextDecoder()

/** Everything on a disk as text, on one line for each path. */
const shown = (disk: SimulatedDisk): string =>
  disk.entries()
    .map(([path, content]) =>
      `${path} ${typeof content === "string" ? content : JSON.stringify(decoder.decode(content))}`
    )
    .join("\n")

/** The different disks that a crash right now can leave. */
const after = (disk: SimulatedDisk): ReadonlyArray<string> => {
  const states = Array.from(crashStates(disk, { random: Math.random, most: 100_000 }))
  assert.isTrue(states.every(({ exhaustive }) => exhaustive), "more states than a test can read")
  return Array.from(new Set(states.map(({ disk }) => shown(disk)))).toSorted()
}

const errno = (effect: Effect.Effect<unknown, DiskError>): Effect.Effect<string> =>
  Effect.match(effect, { onFailure: ({ errno }) => errno, onSuccess: () => "ok" })

/** Flushes everything there is, as somebody does who forgets nothing. */
const flushAll = Effect.fnUntraced(function*(disk: SimulatedDisk) {
  yield* disk.disk.flushFolder("/")
  for (const [path, content] of disk.entries()) {
    yield* content === "folder" ? disk.disk.flushFolder(path) : flush(disk.disk, path)
  }
})

describe("A crash", () => {
  const test = (title: string, body: (disk: SimulatedDisk) => Effect.Effect<void, DiskError, Scope.Scope>) => {
    it.effect(title, () => Effect.suspend(() => body(SimulatedDisk.of({ "/file": "old", "/from/file": "moved" }))))
  }
  const rest = "/file \"old\"\n/from folder\n/from/file \"moved\""

  test("loses or keeps each write that was not flushed", (disk) =>
    Effect.gen(function*() {
      yield* withFile(disk.disk, "/file", "update", (file) =>
        Effect.gen(function*() {
          yield* file.write(0, new TextEncoder().encode("A"))
          yield* file.write(2, new TextEncoder().encode("BC"))
        }))
      assert.deepStrictEqual(
        after(disk).map((state) => state.split("\n")[0]),
        ["/file \"Ald\"", "/file \"AlBC\"", "/file \"olBC\"", "/file \"old\""].toSorted()
      )
      yield* flush(disk.disk, "/file")
      assert.deepStrictEqual(after(disk), [`/file "AlBC"\n/from folder\n/from/file "moved"`])
    }))

  it.effect("tears one write where its size says, and leaves zeros where a piece is missing", () =>
    Effect.gen(function*() {
      const disk = SimulatedDisk.of({ "/file": "" }, { tearBytes: 8 })
      yield* withFile(disk.disk, "/file", "update", (file) => file.write(6, new TextEncoder().encode("aabbbbbbbbc")))
      assert.strictEqual(disk.pending, 3)
      const zeros = (count: number) => "\0".repeat(count)
      const torn = [
        "",
        `${zeros(6)}aa`,
        `${zeros(8)}bbbbbbbb`,
        `${zeros(6)}aabbbbbbbb`,
        `${zeros(16)}c`,
        `${zeros(6)}aa${zeros(8)}c`,
        `${zeros(8)}bbbbbbbbc`,
        `${zeros(6)}aabbbbbbbbc`
      ]
      assert.deepStrictEqual(after(disk), torn.map((text) => `/file ${JSON.stringify(text)}`).toSorted())
    }))

  test("loses the name of a new file whose content was flushed", (disk) =>
    Effect.gen(function*() {
      yield* create(disk.disk, "/new", "new")
      yield* flush(disk.disk, "/new")
      assert.deepStrictEqual(after(disk), [rest, `${rest}\n/new "new"`])
      yield* disk.disk.flushFolder("/")
      assert.deepStrictEqual(after(disk), [`${rest}\n/new "new"`])
    }))

  test("empties a new file of which only the name was flushed", (disk) =>
    Effect.gen(function*() {
      yield* create(disk.disk, "/new", "new")
      yield* disk.disk.flushFolder("/")
      assert.deepStrictEqual(after(disk), [`${rest}\n/new ""`, `${rest}\n/new "new"`])
    }))

  test("empties what a file was replaced with in a hurry", (disk) =>
    Effect.gen(function*() {
      yield* create(disk.disk, "/new", "new")
      yield* disk.disk.rename("/new", "/file")
      yield* disk.disk.flushFolder("/")
      assert.deepStrictEqual(
        after(disk).map((state) => state.split("\n")[0]),
        ["/file \"\"", "/file \"new\""]
      )
    }))

  test("loses a new folder with all in it, however often the folder itself was flushed", (disk) =>
    Effect.gen(function*() {
      yield* disk.disk.makeFolder("/new")
      yield* create(disk.disk, "/new/file", "new")
      yield* flush(disk.disk, "/new/file")
      yield* disk.disk.flushFolder("/new")
      yield* disk.disk.rename("/from/file", "/new/moved")
      yield* disk.disk.flushFolder("/from")
      yield* disk.disk.flushFolder("/new")
      assert.deepStrictEqual(after(disk), [
        "/file \"old\"\n/from folder",
        "/file \"old\"\n/from folder\n/new folder\n/new/file \"new\"\n/new/moved \"moved\""
      ])
    }))

  test("keeps a rename between two folders whole, and for sure only if both were flushed", (disk) =>
    Effect.gen(function*() {
      disk.putFolder("/to")
      yield* disk.disk.rename("/from/file", "/to/file")
      const before = "/file \"old\"\n/from folder\n/from/file \"moved\"\n/to folder"
      const moved = "/file \"old\"\n/from folder\n/to folder\n/to/file \"moved\""
      assert.strictEqual(disk.pending, 1)
      assert.deepStrictEqual(after(disk), [before, moved])
      const half = disk.fork()
      yield* half.disk.flushFolder("/to")
      assert.deepStrictEqual(after(half), [before, moved])
      yield* disk.disk.flushFolder("/from")
      assert.deepStrictEqual(after(disk), [before, moved])
      yield* disk.disk.flushFolder("/to")
      assert.deepStrictEqual(after(disk), [moved])
    }))

  test("leaves later names in place when a rename before them waits for another folder", (disk) =>
    Effect.gen(function*() {
      disk.putFolder("/to")
      yield* disk.disk.rename("/from/file", "/to/file")
      yield* create(disk.disk, "/from/file", "next")
      yield* flush(disk.disk, "/from/file")
      yield* disk.disk.flushFolder("/from")
      for (const state of after(disk)) assert.include(state, "/from/file \"next\"")
    }))

  test("never leaves a folder in two places", (disk) =>
    Effect.gen(function*() {
      yield* disk.disk.rename("/from", "/between")
      yield* disk.disk.rename("/between", "/to")
      assert.deepStrictEqual(
        after(disk).map((state) => state.split("\n").slice(0, 2).join("\n")).toSorted(),
        ["/between folder\n/between/file \"moved\"", "/file \"old\"\n/from folder", "/file \"old\"\n/to folder"]
      )
    }))

  test("does not wait for a folder that is durably gone", (disk) =>
    Effect.gen(function*() {
      disk.putFolder("/to")
      yield* disk.disk.rename("/from/file", "/to/file")
      yield* disk.disk.flushFolder("/to")
      yield* disk.disk.removeFolder("/from")
      yield* disk.disk.flushFolder("/")
      assert.deepStrictEqual(after(disk), ["/file \"old\"\n/to folder\n/to/file \"moved\""])
      yield* disk.disk.makeFolder("/to/in")
      yield* disk.disk.rename("/to/file", "/file")
      yield* disk.disk.flushFolder("/")
      disk.remove("/to")
      assert.deepStrictEqual(after(disk), ["/file \"moved\""])
    }))

  test("brings back what was removed", (disk) =>
    Effect.gen(function*() {
      yield* disk.disk.removeFile("/from/file")
      yield* disk.disk.removeFolder("/from")
      assert.deepStrictEqual(after(disk), ["/file \"old\"", "/file \"old\"\n/from folder", rest].toSorted())
    }))

  test("loses nothing of what others did", (disk) =>
    Effect.gen(function*() {
      yield* withFile(disk.disk, "/file", "update", (file) => file.write(0, new TextEncoder().encode("ours")))
      disk.put("/file", "theirs")
      disk.put("/new/file", "new")
      disk.replace("/from/file", "replaced")
      disk.putLink("/link", "/file")
      disk.remove("/none")
      const expected =
        "/file \"theirs\"\n/from folder\n/from/file \"replaced\"\n/link link\n/new folder\n/new/file \"new\""
      assert.deepStrictEqual(after(disk), [expected])
      disk.remove("/new")
      assert.strictEqual(shown(disk.crash(() => false)), expected.replace(/\n\/new.*/s, ""))
    }))

  it.effect("has as many states as there are subsets, once each", () =>
    Effect.gen(function*() {
      const disk = SimulatedDisk.of()
      for (const name of ["a", "b", "c", "d"]) yield* disk.disk.makeFolder(`/${name}`)
      const states = Array.from(crashStates(disk, { random: Math.random, most: 16 }))
      assert.strictEqual(new Set(states.map(({ disk }) => disk.fingerprint())).size, 16)
      assert.strictEqual(states.length, 16)
      assert.isTrue(states.every(({ exhaustive }) => exhaustive))
    }))

  it.effect("has a sample with the telling states first, when there are too many", () =>
    Effect.gen(function*() {
      const disk = SimulatedDisk.of()
      const names = Array.from({ length: 20 }, (_, index) => `/${String.fromCodePoint(97 + index)}`)
      for (const name of names) yield* disk.disk.makeFolder(name)
      let seed = 1
      const random = () => (seed = seed * 48_271 % 2_147_483_647) / 2_147_483_647
      const states = Array.from(crashStates(disk, { random, most: 200 }), ({ disk, exhaustive }) => {
        assert.isFalse(exhaustive)
        return disk.entries().map(([path]) => path)
      })
      assert.strictEqual(states.length, 200)
      const some = new Set(states.map((paths) => paths.join()))
      assert.isTrue(some.has(""))
      assert.isTrue(some.has(names.join()))
      for (const [index, name] of names.entries()) {
        assert.isTrue(some.has(names.slice(0, index).join()))
        assert.isTrue(some.has(names.filter((other) => other !== name).join()))
        assert.isTrue(some.has(name))
      }
    }))
})

describe("A copy of a simulated disk", () => {
  it.effect("is independent of the original, and the original of it", () =>
    Effect.gen(function*() {
      const disk = SimulatedDisk.of({ "/file": "old" })
      yield* withFile(disk.disk, "/file", "update", (file) => file.write(0, new TextEncoder().encode("new")))
      const before = shown(disk)
      const copies = [disk.fork(), disk.kill(), disk.crash(() => true)]
      for (const copy of copies) {
        copy.put("/file", "copy")
        yield* withFile(copy.disk, "/file", "update", (file) => file.write(1, new TextEncoder().encode("OPY")))
        yield* create(copy.disk, "/more", "more")
        assert.strictEqual(shown(copy), "/file \"cOPY\"\n/more \"more\"")
        assert.strictEqual(shown(disk), before)
      }
      disk.put("/file", "original")
      for (const copy of copies) assert.strictEqual(copy.text("/file"), "cOPY")
      assert.strictEqual(shown(disk.crash(() => false)), "/file \"original\"")
    }))

  it.effect("stays what it is while the original is written through the same open file", () =>
    Effect.gen(function*() {
      const disk = SimulatedDisk.of({ "/file": "old" })
      const given = new TextEncoder().encode("new")
      yield* withFile(disk.disk, "/file", "update", (file) =>
        Effect.gen(function*() {
          yield* file.write(0, given)
          given.fill(0)
          for (const copied of [() => disk.fork(), () => disk.kill(), () => disk.crash(() => true)]) {
            const copy = copied()
            const pending = copy.pending
            yield* file.write(0, new TextEncoder().encode("NEW"))
            yield* disk.disk.makeFolder("/folder")
            assert.strictEqual(shown(copy), "/file \"new\"")
            assert.strictEqual(shown(copy.crash(() => true)), "/file \"new\"")
            assert.strictEqual(copy.pending, pending)
            yield* disk.disk.removeFolder("/folder")
            yield* file.write(0, new TextEncoder().encode("new"))
          }
        }))
    }))

  it.effect("has what is pending after a fork, and nothing of it after the end of the process", () =>
    Effect.gen(function*() {
      const disk = SimulatedDisk.of()
      yield* create(disk.disk, "/new", "new")
      assert.strictEqual(disk.fork().pending, 2)
      assert.strictEqual(shown(disk.fork().crash(() => false)), "")
      assert.strictEqual(disk.kill().pending, 0)
      assert.strictEqual(shown(disk.kill().crash(() => false)), "/new \"new\"")
    }))

  it.effect("has no open files, and does not take them away", () =>
    Effect.gen(function*() {
      const disk = SimulatedDisk.of({ "/file": "old" })
      const file = yield* disk.disk.open("/file", "update")
      assert.strictEqual(disk.openFiles, 1)
      assert.strictEqual(disk.fork().openFiles, 0)
      const copy = disk.fork()
      yield* file.write(0, new TextEncoder().encode("new"))
      assert.strictEqual(disk.text("/file"), "new")
      assert.strictEqual(copy.text("/file"), "old")
      yield* file.close
      assert.strictEqual(disk.openFiles, 0)
    }))

  const acts = Arbitrary.array(diskAct, { maxLength: 30 })

  it.effect.prop(
    "is the same after a crash that all survives, after a kill, and as a fork",
    { acts },
    ({ acts }) =>
      Effect.gen(function*() {
        const disk = SimulatedDisk.of({ "/a/c": "old", "/b/e": "" }, { tearBytes: 8 })
        yield* doAll(disk.disk, acts)
        assert.strictEqual(shown(disk.crash(() => true)), shown(disk))
        assert.strictEqual(shown(disk.kill()), shown(disk))
        assert.strictEqual(shown(disk.fork()), shown(disk))
        assert.strictEqual(disk.crash(() => true).fingerprint(), disk.kill().fingerprint())
      }),
    { arbitrary: { runs: 300 } }
  )

  it.effect.prop(
    "loses nothing in a crash after everything was flushed",
    { acts },
    ({ acts }) =>
      Effect.gen(function*() {
        const disk = SimulatedDisk.of({ "/a/c": "old", "/b/e": "" }, { tearBytes: 8 })
        yield* doAll(disk.disk, acts)
        const before = shown(disk)
        yield* flushAll(disk)
        // What is left is in folders and files that nobody can reach any more.
        assert.strictEqual(shown(disk.crash(() => false)), before)
        assert.strictEqual(disk.crash(() => false).fingerprint(), disk.kill().fingerprint())
      }),
    { arbitrary: { runs: 300 } }
  )

  it.effect.prop(
    "goes on like the original, whatever survived",
    { acts, more: acts, survivors: integer(0, 2 ** 20) },
    ({ acts, more, survivors }) =>
      Effect.gen(function*() {
        const disk = SimulatedDisk.of({ "/a/c": "old", "/b/e": "" }, { tearBytes: 8 })
        yield* doAll(disk.disk, acts)
        const before = [shown(disk), disk.fingerprint()]
        const copy = disk.crash((index) => (survivors >>> (index % 20) & 1) === 1)
        const twin = copy.fork()
        // A folder in two places would be found twice, or without end.
        const inodes = yield* Effect.forEach(
          copy.entries().filter(([, content]) => content === "folder"),
          ([path]) => Effect.map(copy.disk.stat(path), (stat) => stat?.inode)
        )
        assert.strictEqual(new Set(inodes).size, inodes.length)
        assert.deepStrictEqual(yield* doAll(copy.disk, more), yield* doAll(twin.disk, more))
        assert.strictEqual(shown(copy), shown(twin))
        assert.deepStrictEqual([shown(disk), disk.fingerprint()], before)
      }),
    { arbitrary: { runs: 300 } }
  )
})

describe("A fingerprint", () => {
  const differing: ReadonlyArray<Readonly<Record<string, string>>> = [
    {},
    { "/a": "" },
    { "/a": "\0" },
    { "/a": "\0\0" },
    { "/a": "x" },
    { "/b": "x" },
    { "/a": "x", "/b": "y" },
    { "/a": "y", "/b": "x" },
    { "/a/b": "x" },
    { "/a/c": "x" },
    { "/a": "0000xxxx" },
    { "/a": "xxxx0000" }
  ]
  it("tells names and contents apart, and neither order nor time", () => {
    const prints = differing.map((files) => SimulatedDisk.of(files).fingerprint())
    assert.strictEqual(new Set(prints).size, differing.length)
    const late = SimulatedDisk.of({ "/b": "y", "/a": "late" })
    late.put("/a", "x")
    assert.strictEqual(late.fingerprint(), SimulatedDisk.of({ "/a": "x", "/b": "y" }).fingerprint())
    const linked = SimulatedDisk.of()
    linked.putLink("/a", "/x")
    const other = SimulatedDisk.of()
    other.putLink("/a", "/y")
    assert.notStrictEqual(linked.fingerprint(), other.fingerprint())
  })
})

describe("A simulated disk", () => {
  it.effect("has another fingerprint after each flush of other bytes", () =>
    Effect.gen(function*() {
      const disk = SimulatedDisk.of({ "/file": "0" })
      const prints = [disk.fingerprint()]
      yield* withFile(disk.disk, "/file", "update", (file) =>
        Effect.gen(function*() {
          for (const text of ["1", "2", "3"]) {
            yield* file.write(0, new TextEncoder().encode(text))
            assert.strictEqual(disk.fingerprint(), prints.at(-1))
            yield* file.flushData
            prints.push(disk.fingerprint())
          }
        }))
      assert.strictEqual(new Set(prints).size, 4)
      assert.deepStrictEqual(
        prints,
        ["0", "1", "2", "3"].map((text) => SimulatedDisk.of({ "/file": text }).fingerprint())
      )
    }))

  it.effect("is full where it says so", () =>
    Effect.gen(function*() {
      const disk = SimulatedDisk.of({ "/file": "12345" })
      disk.setCapacity(10)
      assert.strictEqual(disk.free, 5)
      yield* withFile(disk.disk, "/file", "update", (file) =>
        Effect.gen(function*() {
          assert.strictEqual(yield* file.write(3, new Uint8Array(20)), 7)
          assert.strictEqual(disk.free, 0)
          assert.strictEqual(yield* errno(file.write(10, new Uint8Array(1))), "ENOSPC")
          assert.strictEqual(yield* file.write(0, new Uint8Array(10)), 10)
          assert.strictEqual(yield* errno(disk.disk.open("/new", "create")), "ENOSPC")
          assert.strictEqual(yield* errno(disk.disk.makeFolder("/new")), "ENOSPC")
          // As long as it is open, a file without a name takes its room.
          yield* disk.disk.removeFile("/file")
          assert.strictEqual(disk.free, 0)
        }))
      assert.strictEqual(disk.free, 10)
      yield* create(disk.disk, "/new", "new")
      assert.strictEqual(disk.crash(() => true).free, 7)
    }))

  it.effect("refuses changes where it is read-only, to the packer alone", () =>
    Effect.gen(function*() {
      const disk = SimulatedDisk.of({ "/a/file": "old", "/ab": "" })
      const open = yield* disk.disk.open("/a/file", "update")
      disk.setReadOnly("/a")
      const changes: ReadonlyArray<Effect.Effect<unknown, DiskError>> = [
        open.write(0, new Uint8Array(1)),
        disk.disk.open("/a/file", "update"),
        disk.disk.open("/a/new", "create"),
        disk.disk.makeFolder("/a/new"),
        disk.disk.rename("/a/file", "/file"),
        disk.disk.rename("/ab", "/a/new"),
        disk.disk.link("/ab", "/a/new"),
        disk.disk.removeFile("/a/file")
      ]
      for (const change of changes) assert.strictEqual(yield* errno(change), "EROFS")
      yield* open.close
      assert.isFalse(yield* disk.disk.isWritable("/a"))
      assert.isTrue(yield* disk.disk.isWritable("/"))
      disk.put("/a/file", "theirs")
      assert.strictEqual(disk.text("/a/file"), "theirs")
      disk.setReadOnly("/a", false)
      yield* disk.disk.removeFile("/a/file")
    }))

  it.effect("keeps devices apart", () =>
    Effect.gen(function*() {
      const disk = SimulatedDisk.of({ "/file": "here", "/mount/file": "there" })
      disk.mount("/mount", "other")
      assert.strictEqual((yield* disk.disk.stat("/mount/file"))?.device, "other")
      assert.strictEqual((yield* disk.disk.stat("/file"))?.device, "device")
      assert.strictEqual(yield* errno(disk.disk.rename("/file", "/mount/new")), "EXDEV")
      assert.strictEqual(yield* errno(disk.disk.link("/file", "/mount/new")), "EXDEV")
      assert.strictEqual(yield* errno(disk.disk.rename("/mount", "/moved")), "EBUSY")
      yield* disk.disk.makeFolder("/mount/new")
      yield* disk.disk.rename("/mount/file", "/mount/new/file")
      yield* flushAll(disk)
      assert.strictEqual((yield* disk.crash(() => false).disk.stat("/mount/new/file"))?.device, "other")
    }))

  it.effect("knows a file that was changed in place from one that was replaced", () =>
    Effect.gen(function*() {
      const disk = SimulatedDisk.of({ "/file": "old" })
      const first = yield* disk.disk.stat("/file")
      disk.put("/file", "new")
      const second = yield* disk.disk.stat("/file")
      disk.replace("/file", "new")
      const third = yield* disk.disk.stat("/file")
      assert.strictEqual(second?.inode, first?.inode)
      assert.notStrictEqual(third?.inode, first?.inode)
      assert.isAbove(second?.mtimeMs ?? 0, first?.mtimeMs ?? Infinity)
      assert.isAbove(third?.mtimeMs ?? 0, second?.mtimeMs ?? Infinity)
      // Also after a crash no inode comes back.
      const crashed = disk.crash(() => false)
      crashed.put("/other", "")
      assert.notInclude([first?.inode, third?.inode], (yield* crashed.disk.stat("/other"))?.inode)
    }))

  it.effect("tells of calls that change something, before they do", () =>
    Effect.gen(function*() {
      const disk = SimulatedDisk.of({ "/file": "old" })
      const calls: Array<DiskCall> = []
      const states: Array<string> = []
      disk.onCall((call) => {
        calls.push(call)
        states.push(shown(disk.crash(() => true)))
      })
      yield* disk.disk.readFile("/file", 10)
      yield* create(disk.disk, "/new", "new")
      yield* flush(disk.disk, "/new")
      yield* disk.disk.flushFolder("/")
      disk.onCall(undefined)
      yield* disk.disk.removeFile("/new")
      assert.deepStrictEqual(calls, [
        { call: "open", path: "/new", mode: "create" },
        { call: "write", path: "/new", bytes: 3 },
        { call: "flushData", path: "/new" },
        { call: "flushFolder", path: "/" }
      ])
      assert.deepStrictEqual(states, [
        "/file \"old\"",
        "/file \"old\"\n/new \"\"",
        "/file \"old\"\n/new \"new\"",
        "/file \"old\"\n/new \"new\""
      ])
    }))
})
