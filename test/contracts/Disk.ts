/** What every disk must do, whatever it is made of. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Result, type Scope } from "effect"
import { type Disk, DiskError, type DiskFile, type OpenMode } from "../../src/services/Disk.ts"

/** A disk to try, and what the packer itself has no call for. */
export interface DiskUnderTest {
  readonly disk: Disk["Service"]
  /** The absolute path of an empty folder, without links. */
  readonly root: string
  readonly putLink: (path: string, target: string) => void
  /** How many files are open; undefined where nobody can tell. */
  readonly openFiles: () => number | undefined
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Bytes that are different everywhere. */
const pattern = (length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  for (let index = 0; index < length; index++) bytes[index] = (index * 7919) % 251
  return bytes
}

/** Runs the contract against one kind of disk. */
export const diskContract = (name: string, make: Effect.Effect<DiskUnderTest, never, Scope.Scope>): void => {
  /** One test, at whose end as many files must be open as at its start. */
  const check = (
    title: string,
    body: (
      under: DiskUnderTest & {
        readonly write: (path: string, content: string | Uint8Array) => Effect.Effect<void, DiskError>
        readonly text: (path: string) => Effect.Effect<string | undefined, DiskError>
      }
    ) => Effect.Effect<void, DiskError, Scope.Scope>
  ): void => {
    it.effect(title, () =>
      Effect.gen(function*() {
        const under = yield* make
        const { disk, openFiles } = under
        const open = openFiles()
        yield* Effect.scoped(body({
          ...under,
          write: (path, content) =>
            withFile(disk, path, "create", (file) =>
              writeAll(file, 0, typeof content === "string" ? encoder.encode(content) : content)),
          text: (path) =>
            Effect.map(disk.readFile(path, 1000), (content) =>
              content?.bytes && decoder.decode(content.bytes))
        }))
        assert.strictEqual(openFiles(), open, "files are left open")
      }))
  }

  const fails = (effect: Effect.Effect<unknown, DiskError>, ...errnos: ReadonlyArray<string>): Effect.Effect<void> =>
    Effect.match(effect, {
      onFailure: ({ errno }) => assert.include(errnos, errno),
      onSuccess: () => assert.fail(`This must fail with ${errnos.join(" or ")}.`)
    })

  describe(name, () => {
    describe("looks at", () => {
      check(
        "files, folders and links, and at links as links",
        ({ disk, putLink, root, write }) =>
          Effect.gen(function*() {
            yield* write(`${root}/file`, "four")
            yield* disk.makeFolder(`${root}/folder`)
            putLink(`${root}/link`, `${root}/file`)
            putLink(`${root}/dangling`, `${root}/none`)
            const file = yield* disk.stat(`${root}/file`)
            assert.strictEqual(file?.kind, "file")
            assert.strictEqual(file?.size, 4)
            assert.strictEqual((yield* disk.stat(`${root}/folder`))?.kind, "folder")
            assert.strictEqual((yield* disk.stat(`${root}/link`))?.kind, "link")
            assert.strictEqual((yield* disk.stat(`${root}/dangling`))?.kind, "link")
            const names = yield* disk.list(root)
            assert.deepStrictEqual(
              names.toSorted((a, b) => a.name < b.name ? -1 : 1),
              [
                { name: "dangling", kind: "link" },
                { name: "file", kind: "file" },
                { name: "folder", kind: "folder" },
                { name: "link", kind: "link" }
              ]
            )
          })
      )

      check("nothing where nothing is", ({ disk, root, write }) =>
        Effect.gen(function*() {
          yield* write(`${root}/file`, "")
          for (const path of [`${root}/none`, `${root}/none/below`, `${root}/file/below`]) {
            assert.isUndefined(yield* disk.stat(path))
            assert.isUndefined(yield* disk.readFile(path, 10))
          }
          yield* fails(disk.list(`${root}/none`), "ENOENT")
          yield* fails(disk.realPath(`${root}/none`), "ENOENT")
          yield* fails(disk.isWritable(`${root}/none`), "ENOENT")
          yield* fails(disk.flushFolder(`${root}/none`), "ENOENT")
        }))

      check("the folder / itself", ({ disk }) =>
        Effect.gen(function*() {
          assert.strictEqual((yield* disk.stat("/"))?.kind, "folder")
          assert.strictEqual(yield* disk.realPath("/"), "/")
          yield* fails(disk.makeFolder("/"), "EEXIST")
        }))

      check(
        "folders only where folders are meant, and never through a link",
        ({ disk, putLink, root, write }) =>
          Effect.gen(function*() {
            yield* write(`${root}/file`, "")
            yield* disk.makeFolder(`${root}/folder`)
            putLink(`${root}/link`, `${root}/folder`)
            for (const path of [`${root}/file`, `${root}/link`]) {
              yield* fails(disk.list(path), "ENOTDIR")
              yield* fails(disk.isWritable(path), "ENOTDIR")
              yield* fails(disk.flushFolder(path), "ENOTDIR", "ELOOP")
              yield* fails(disk.removeFolder(path), "ENOTDIR")
            }
            assert.deepStrictEqual(yield* disk.list(`${root}/folder`), [])
            assert.isTrue(yield* disk.isWritable(`${root}/folder`))
            yield* disk.flushFolder(`${root}/folder`)
          })
      )

      check(
        "a way, to the first place at which there is no folder",
        ({ disk, putLink, root, write }) =>
          Effect.gen(function*() {
            yield* disk.makeFolder(`${root}/folder`)
            yield* disk.makeFolder(`${root}/folder/inner`)
            yield* write(`${root}/folder/file`, "four")
            putLink(`${root}/link`, `${root}/folder`)
            const folders = [root, `${root}/folder`, `${root}/folder/inner`]
            const kinds = (paths: ReadonlyArray<string>) =>
              Effect.map(disk.way(paths), (way) => way.map((stat) => stat?.kind))
            assert.deepStrictEqual(yield* disk.way(folders), yield* Effect.forEach(folders, disk.stat))
            assert.deepStrictEqual(yield* disk.way([]), [])
            const file = [root, `${root}/folder`, `${root}/folder/file`, `${root}/folder/file/below`]
            assert.deepStrictEqual(yield* kinds(file), ["folder", "folder", "file"])
            // What a link leads to is not asked for, though a path through it would find it.
            assert.deepStrictEqual(yield* kinds([root, `${root}/link`, `${root}/link/inner`]), ["folder", "link"])
            const nothing = [root, `${root}/none`, `${root}/none/below`]
            assert.deepStrictEqual(yield* kinds(nothing), ["folder", undefined])
          })
      )

      check("the same through links on the way", ({ disk, putLink, root, text, write }) =>
        Effect.gen(function*() {
          yield* disk.makeFolder(`${root}/folder`)
          yield* write(`${root}/folder/file`, "here")
          putLink(`${root}/link`, `${root}/folder`)
          putLink(`${root}/over`, `${root}/link/file`)
          putLink(`${root}/around`, `${root}/around`)
          assert.strictEqual(yield* text(`${root}/link/file`), "here")
          assert.strictEqual(yield* disk.realPath(`${root}/link/file`), `${root}/folder/file`)
          assert.strictEqual(yield* disk.realPath(`${root}/over`), `${root}/folder/file`)
          assert.strictEqual(yield* disk.realPath(root), root)
          yield* fails(disk.realPath(`${root}/around`), "ELOOP")
          yield* fails(disk.stat(`${root}/around/file`), "ELOOP")
          yield* write(`${root}/link/new`, "there")
          assert.strictEqual(yield* text(`${root}/folder/new`), "there")
        }))

      check("names that are long, or of any language", ({ disk, root, text, write }) =>
        Effect.gen(function*() {
          const names = [
            "a".repeat(255),
            "é".repeat(127),
            "e\u0301",
            "é",
            "名前",
            "😀",
            "with space",
            "quote\"'",
            "back\\slash"
          ]
          for (const name of names) yield* write(`${root}/${name}`, name)
          for (const name of names) assert.strictEqual(yield* text(`${root}/${name}`), name)
          const listed = yield* disk.list(root)
          assert.deepStrictEqual(new Set(listed.map(({ name }) => name)), new Set(names))
          for (const tooLong of [`${root}/${"a".repeat(256)}`, `${root}/${"é".repeat(128)}`, "/aaaaaaaa".repeat(500)]) {
            yield* fails(disk.stat(tooLong), "ENAMETOOLONG")
            yield* fails(disk.readFile(tooLong, 10), "ENAMETOOLONG")
            yield* fails(disk.open(tooLong, "create"), "ENAMETOOLONG")
            yield* fails(disk.makeFolder(tooLong), "ENAMETOOLONG")
          }
        }))
    })

    describe("reads", () => {
      check("files that are not larger than the limit", ({ disk, root, write }) =>
        Effect.gen(function*() {
          yield* write(`${root}/empty`, "")
          yield* write(`${root}/file`, "12345")
          assert.deepStrictEqual((yield* disk.readFile(`${root}/empty`, 0))?.bytes, new Uint8Array())
          assert.deepStrictEqual((yield* disk.readFile(`${root}/file`, 5))?.bytes, encoder.encode("12345"))
          const larger = yield* disk.readFile(`${root}/file`, 4)
          assert.isUndefined(larger?.bytes)
          assert.strictEqual(larger?.stat.size, 5)
        }))

      check("no links and no folders", ({ disk, putLink, root, write }) =>
        Effect.gen(function*() {
          yield* write(`${root}/file`, "secret")
          putLink(`${root}/link`, `${root}/file`)
          putLink(`${root}/dangling`, `${root}/none`)
          for (const [path, kind] of [[root, "folder"], [`${root}/link`, "link"], [`${root}/dangling`, "link"]]) {
            const content = yield* disk.readFile(path ?? "", 1_000_000)
            assert.strictEqual(content?.stat.kind, kind)
            assert.isUndefined(content?.bytes)
          }
        }))

      check("large files, whole and in parts", ({ disk, root, write }) =>
        Effect.gen(function*() {
          const bytes = pattern(3 * 1024 * 1024)
          yield* write(`${root}/large`, bytes)
          const content = yield* disk.readFile(`${root}/large`, bytes.length)
          assert.isTrue(equal(content?.bytes, bytes))
          yield* withFile(disk, `${root}/large`, "read", (file) =>
            Effect.gen(function*() {
              assert.isTrue(equal(yield* file.read(1_000_003, 70_000), bytes.subarray(1_000_003, 1_070_003)))
              assert.isTrue(equal(yield* file.read(bytes.length - 5, 100), bytes.subarray(-5)))
              assert.strictEqual((yield* file.read(bytes.length, 100)).length, 0)
              assert.strictEqual((yield* file.read(bytes.length + 5, 100)).length, 0)
              assert.strictEqual((yield* file.read(0, 0)).length, 0)
            }))
        }))

      check("bytes that stay what they were", ({ disk, root, write }) =>
        Effect.gen(function*() {
          const given = encoder.encode("before")
          yield* write(`${root}/file`, given)
          given.fill(0)
          yield* withFile(disk, `${root}/file`, "update", (file) =>
            Effect.gen(function*() {
              yield* writeAll(file, 0, encoder.encode("Before"))
              const whole = yield* disk.readFile(file.path, 10)
              const part = yield* file.read(0, 3)
              yield* writeAll(file, 0, encoder.encode("after!"))
              assert.deepStrictEqual(whole?.bytes, encoder.encode("Before"))
              assert.deepStrictEqual(part, encoder.encode("Bef"))
            }))
        }))
    })

    describe("opens", () => {
      check("a new file where nothing is, only", ({ disk, putLink, root, text, write }) =>
        Effect.gen(function*() {
          yield* write(`${root}/file`, "old")
          yield* disk.makeFolder(`${root}/folder`)
          putLink(`${root}/dangling`, `${root}/none`)
          yield* fails(disk.open(`${root}/file`, "create"), "EEXIST")
          yield* fails(disk.open(`${root}/folder`, "create"), "EISDIR")
          yield* fails(disk.open(`${root}/dangling`, "create"), "ELOOP")
          yield* fails(disk.open(`${root}/none/new`, "create"), "ENOENT")
          yield* fails(disk.open(`${root}/file/new`, "create"), "ENOTDIR")
          assert.isUndefined(yield* disk.stat(`${root}/none`))
          assert.strictEqual(yield* text(`${root}/file`), "old")
        }))

      for (const mode of ["read", "update"] as const) {
        check(`plain files only, to ${mode}`, ({ disk, putLink, root, write }) =>
          Effect.gen(function*() {
            yield* write(`${root}/file`, "")
            putLink(`${root}/link`, `${root}/file`)
            yield* fails(disk.open(`${root}/link`, mode), "ELOOP")
            yield* fails(disk.open(root, mode), "EISDIR")
            yield* fails(disk.open(`${root}/none`, mode), "ENOENT")
            yield* fails(disk.open(`${root}/file/none`, mode), "ENOTDIR")
            yield* withFile(disk, `${root}/file`, mode, (file) => Effect.asVoid(file.stat))
          }))
      }

      check(
        "files that know their own state",
        ({ disk, root }) =>
          withFile(disk, `${root}/file`, "create", (file) =>
            Effect.gen(function*() {
              assert.strictEqual(file.path, `${root}/file`)
              assert.strictEqual((yield* file.stat).size, 0)
              yield* writeAll(file, 0, encoder.encode("three"))
              assert.strictEqual((yield* file.stat).size, 5)
              assert.deepStrictEqual(yield* file.stat, yield* disk.stat(file.path))
            }))
      )

      check("files that cannot be used once they are closed", ({ disk, root }) =>
        Effect.gen(function*() {
          const file = yield* disk.open(`${root}/file`, "create")
          yield* file.close
          // This one may get the number of the first.
          const other = yield* disk.open(`${root}/other`, "create")
          const uses: ReadonlyArray<Effect.Effect<unknown, DiskError>> = [
            file.stat,
            file.read(0, 1),
            file.write(0, encoder.encode("lost")),
            file.flush,
            file.flushData,
            file.close
          ]
          for (const use of uses) yield* fails(use, "EBADF")
          assert.strictEqual((yield* other.stat).size, 0)
          yield* other.close
        }))

      check("files to read that cannot be written", ({ disk, root, text, write }) =>
        Effect.gen(function*() {
          yield* write(`${root}/file`, "old")
          yield* withFile(disk, `${root}/file`, "read", (file) => fails(file.write(0, encoder.encode("new")), "EBADF"))
          assert.strictEqual(yield* text(`${root}/file`), "old")
        }))
    })

    describe("writes", () => {
      check(
        "at any position, with zeros before what was never written",
        ({ disk, root }) =>
          withFile(disk, `${root}/file`, "create", (file) =>
            Effect.gen(function*() {
              yield* writeAll(file, 5000, encoder.encode("end"))
              yield* writeAll(file, 2, encoder.encode("start"))
              yield* writeAll(file, 4, encoder.encode("A"))
              const expected = new Uint8Array(5003)
              expected.set(encoder.encode("stArt"), 2)
              expected.set(encoder.encode("end"), 5000)
              assert.deepStrictEqual(yield* file.read(0, 10_000), expected)
              yield* file.flushData
              yield* file.flush
              assert.deepStrictEqual((yield* disk.readFile(file.path, 10_000))?.bytes, expected)
            }))
      )

      check("and shows it, by time and by nothing else", ({ disk, root, write }) =>
        Effect.gen(function*() {
          yield* write(`${root}/file`, "one")
          const before = yield* disk.stat(`${root}/file`)
          yield* withFile(disk, `${root}/file`, "update", (file) => writeAll(file, 0, encoder.encode("two")))
          const after = yield* disk.stat(`${root}/file`)
          assert.isAtLeast(after?.mtimeMs ?? 0, before?.mtimeMs ?? Infinity)
          assert.deepStrictEqual({ ...after, mtimeMs: 0 }, { ...before, mtimeMs: 0 })
        }))

      check("through an open file wherever its name went", ({ disk, root, text, write }) =>
        Effect.gen(function*() {
          yield* write(`${root}/file`, "old")
          yield* withFile(disk, `${root}/file`, "update", (file) =>
            Effect.gen(function*() {
              yield* disk.rename(`${root}/file`, `${root}/moved`)
              yield* writeAll(file, 0, encoder.encode("new"))
              assert.strictEqual(yield* text(`${root}/moved`), "new")
              yield* disk.removeFile(`${root}/moved`)
              yield* writeAll(file, 3, encoder.encode("er"))
              assert.deepStrictEqual(yield* file.read(0, 10), encoder.encode("newer"))
              yield* file.flush
              assert.isUndefined(yield* disk.stat(`${root}/moved`))
            }))
        }))
    })

    describe("makes files of bytes", () => {
      check("and tells what they are", ({ disk, root, text }) =>
        Effect.gen(function*() {
          const bytes = encoder.encode("all of it")
          const told = yield* disk.writeNew(`${root}/new`, bytes)
          assert.deepStrictEqual(told, yield* disk.stat(`${root}/new`))
          assert.deepStrictEqual([told.kind, told.size], ["file", bytes.length])
          assert.strictEqual(yield* text(`${root}/new`), "all of it")
          assert.strictEqual((yield* disk.writeNew(`${root}/empty`, new Uint8Array())).size, 0)
          const large = pattern(3_000_000)
          yield* disk.writeNew(`${root}/large`, large)
          assert.deepStrictEqual((yield* disk.readFile(`${root}/large`, large.length))?.bytes, large)
        }))

      check("where nothing is, only", ({ disk, putLink, root, text, write }) =>
        Effect.gen(function*() {
          yield* write(`${root}/file`, "before")
          yield* disk.makeFolder(`${root}/folder`)
          putLink(`${root}/link`, `${root}/none`)
          const bytes = encoder.encode("after")
          const refused = Result.getFailure(yield* Effect.result(disk.writeNew(`${root}/file`, bytes)))
          assert.deepInclude(Option.getOrUndefined(refused), { call: "open", path: `${root}/file`, errno: "EEXIST" })
          yield* fails(disk.writeNew(`${root}/folder`, bytes), "EISDIR")
          yield* fails(disk.writeNew(`${root}/link`, bytes), "ELOOP")
          yield* fails(disk.writeNew(`${root}/none/file`, bytes), "ENOENT")
          assert.strictEqual(yield* text(`${root}/file`), "before")
          assert.isUndefined(yield* disk.stat(`${root}/none`))
        }))
    })

    describe("makes folders", () => {
      check("where the parent is and nothing else", ({ disk, putLink, root, write }) =>
        Effect.gen(function*() {
          yield* write(`${root}/file`, "")
          putLink(`${root}/dangling`, `${root}/none`)
          yield* disk.makeFolder(`${root}/folder`)
          for (const name of ["file", "folder", "dangling"]) yield* fails(disk.makeFolder(`${root}/${name}`), "EEXIST")
          yield* fails(disk.makeFolder(`${root}/none/below`), "ENOENT")
          yield* fails(disk.makeFolder(`${root}/file/below`), "ENOTDIR")
        }))
    })

    describe("renames", () => {
      check("files, also over files", ({ disk, root, text, write }) =>
        Effect.gen(function*() {
          yield* write(`${root}/a`, "a")
          yield* write(`${root}/b`, "b")
          const inode = (yield* disk.stat(`${root}/a`))?.inode
          yield* disk.rename(`${root}/a`, `${root}/new`)
          assert.isUndefined(yield* disk.stat(`${root}/a`))
          yield* disk.rename(`${root}/new`, `${root}/b`)
          assert.strictEqual(yield* text(`${root}/b`), "a")
          assert.strictEqual((yield* disk.stat(`${root}/b`))?.inode, inode)
          assert.strictEqual((yield* disk.list(root)).length, 1)
          yield* disk.rename(`${root}/b`, `${root}/b`)
          assert.strictEqual(yield* text(`${root}/b`), "a")
        }))

      check("folders with all in them, also over empty ones", ({ disk, root, text, write }) =>
        Effect.gen(function*() {
          for (const folder of ["from", "from/in", "empty", "full", "other"]) {
            yield* disk.makeFolder(`${root}/${folder}`)
          }
          yield* write(`${root}/from/in/file`, "moved")
          yield* write(`${root}/full/file`, "stays")
          yield* fails(disk.rename(`${root}/from`, `${root}/full`), "ENOTEMPTY", "EEXIST")
          yield* disk.rename(`${root}/from`, `${root}/empty`)
          yield* disk.rename(`${root}/empty`, `${root}/other/deep`)
          assert.strictEqual(yield* text(`${root}/other/deep/in/file`), "moved")
          assert.strictEqual(yield* text(`${root}/full/file`), "stays")
          assert.isUndefined(yield* disk.stat(`${root}/from`))
          assert.isUndefined(yield* disk.stat(`${root}/empty`))
        }))

      check(
        "nothing over what is of another kind, and nothing into itself",
        ({ disk, root, write }) =>
          Effect.gen(function*() {
            yield* write(`${root}/file`, "")
            yield* disk.makeFolder(`${root}/folder`)
            yield* disk.makeFolder(`${root}/folder/in`)
            yield* fails(disk.rename(`${root}/file`, `${root}/folder`), "EISDIR")
            yield* fails(disk.rename(`${root}/folder`, `${root}/file`), "ENOTDIR")
            yield* fails(disk.rename(`${root}/folder`, `${root}/folder/in/self`), "EINVAL")
            yield* fails(disk.rename(`${root}/folder`, `${root}/folder/in`), "EINVAL")
            yield* fails(disk.rename(`${root}/folder/in`, `${root}/folder`), "ENOTEMPTY", "EEXIST")
            yield* fails(disk.rename(`${root}/none`, `${root}/new`), "ENOENT")
            yield* fails(disk.rename(`${root}/file`, `${root}/none/new`), "ENOENT")
            yield* fails(disk.rename(`${root}/file`, `${root}/file/new`), "ENOTDIR")
          })
      )

      check("links, not what they point to", ({ disk, putLink, root, text, write }) =>
        Effect.gen(function*() {
          yield* write(`${root}/target`, "target")
          yield* write(`${root}/file`, "file")
          putLink(`${root}/link`, `${root}/target`)
          yield* disk.rename(`${root}/link`, `${root}/moved`)
          assert.strictEqual((yield* disk.stat(`${root}/moved`))?.kind, "link")
          yield* disk.rename(`${root}/file`, `${root}/moved`)
          assert.strictEqual((yield* disk.stat(`${root}/moved`))?.kind, "file")
          assert.strictEqual(yield* text(`${root}/target`), "target")
        }))
    })

    describe("links", () => {
      check("a file under a second name", ({ disk, root, text, write }) =>
        Effect.gen(function*() {
          yield* write(`${root}/a`, "same")
          yield* disk.link(`${root}/a`, `${root}/b`)
          assert.deepStrictEqual(yield* disk.stat(`${root}/b`), yield* disk.stat(`${root}/a`))
          // Two names of one file are the same already.
          yield* disk.rename(`${root}/a`, `${root}/b`)
          assert.strictEqual((yield* disk.list(root)).length, 2)
          yield* disk.removeFile(`${root}/a`)
          assert.strictEqual(yield* text(`${root}/b`), "same")
        }))

      check(
        "nothing but files, and only where nothing is",
        ({ disk, putLink, root, text, write }) =>
          Effect.gen(function*() {
            yield* write(`${root}/a`, "a")
            yield* write(`${root}/b`, "b")
            yield* disk.makeFolder(`${root}/folder`)
            putLink(`${root}/link`, `${root}/a`)
            yield* fails(disk.link(`${root}/a`, `${root}/b`), "EEXIST")
            yield* fails(disk.link(`${root}/a`, `${root}/folder`), "EEXIST")
            yield* fails(disk.link(`${root}/a`, `${root}/link`), "EEXIST")
            yield* fails(disk.link(`${root}/a`, `${root}/none/new`), "ENOENT")
            yield* fails(disk.link(`${root}/none`, `${root}/new`), "ENOENT")
            yield* fails(disk.link(`${root}/folder`, `${root}/new`), "EPERM")
            yield* fails(disk.link(`${root}/link`, `${root}/new`), "ELOOP")
            assert.strictEqual(yield* text(`${root}/b`), "b")
          })
      )
    })

    describe("removes", () => {
      check(
        "files and links, not what these point to",
        ({ disk, putLink, root, text, write }) =>
          Effect.gen(function*() {
            yield* write(`${root}/file`, "stays")
            putLink(`${root}/link`, `${root}/file`)
            yield* disk.removeFile(`${root}/link`)
            assert.strictEqual(yield* text(`${root}/file`), "stays")
            yield* disk.removeFile(`${root}/file`)
            assert.deepStrictEqual(yield* disk.list(root), [])
            yield* fails(disk.removeFile(`${root}/file`), "ENOENT")
          })
      )

      check("folders that are empty", ({ disk, root, write }) =>
        Effect.gen(function*() {
          yield* disk.makeFolder(`${root}/folder`)
          yield* write(`${root}/folder/file`, "")
          yield* fails(disk.removeFolder(`${root}/folder`), "ENOTEMPTY", "EEXIST")
          yield* fails(disk.removeFile(`${root}/folder`), "EISDIR", "EPERM")
          yield* disk.removeFile(`${root}/folder/file`)
          yield* disk.removeFolder(`${root}/folder`)
          yield* fails(disk.removeFolder(`${root}/folder`), "ENOENT")
        }))
    })

    check("says which call failed, and where", ({ disk, root }) =>
      Effect.gen(function*() {
        const failed = yield* Effect.result(disk.rename(`${root}/none`, `${root}/new`))
        assert.deepStrictEqual(
          failed,
          Result.fail(new DiskError({ call: "rename", path: `${root}/none`, errno: "ENOENT" }))
        )
      }))
  })
}

const withFile = <A>(
  disk: Disk["Service"],
  path: string,
  mode: OpenMode,
  use: (file: DiskFile) => Effect.Effect<A, DiskError>
): Effect.Effect<A, DiskError> => Effect.acquireUseRelease(disk.open(path, mode), use, (file) => file.close)

const writeAll = Effect.fnUntraced(function*(file: DiskFile, position: number, bytes: Uint8Array) {
  for (let done = 0; done < bytes.length;) done += yield* file.write(position + done, bytes.subarray(done))
})

/** Much faster than a comparison that could say where the difference is. */
const equal = (a: Uint8Array | undefined, b: Uint8Array): boolean => a !== undefined && Buffer.compare(a, b) === 0
