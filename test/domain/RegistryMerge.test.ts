import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Result } from "effect"
import type { RegistryClash } from "../../src/domain/Errors.ts"
import {
  applyChanges,
  doubtfulAt,
  emptyRegistry,
  netChanges,
  type Registry,
  type RegistryChange,
  type RegistryEntry,
  sameEntry
} from "../../src/domain/Registry.ts"
import { printEntry, printRegistry } from "../../src/domain/RegistryCodec.ts"
import { mergeChanges } from "../../src/domain/RegistryMerge.ts"
import { integer } from "../support/Arbitraries.ts"
import { changesFor, contentOf, fulfil, registryIn, type Wish, wish } from "../support/RegistryChanges.ts"
import { registrySource, uuidText } from "../support/RegistrySource.ts"
import { root } from "../support/Workspace.ts"

const wishes = Arbitrary.array(wish, { minLength: 1, maxLength: 6 })

const mergedWith = (file: Registry, changes: ReadonlyArray<RegistryChange>): Registry =>
  Result.getOrThrow(mergeChanges(file, changes))

const clashesWith = (file: Registry, changes: ReadonlyArray<RegistryChange>): ReadonlyArray<RegistryClash> =>
  Result.match(mergeChanges(file, changes), { onFailure: ({ clashes }) => clashes, onSuccess: () => [] })

describe("mergeChanges", () => {
  it.prop(
    "brings changes into the file they were made on, or into one that has the first of them already",
    { text: registrySource, wishes, reached: integer(0, 20) },
    ({ reached, text, wishes }) => {
      const base = registryIn(text)
      const { changes, registry } = fulfil(base, wishes)
      const file = changes.slice(0, reached).reduce((file, change) => applyChanges(file, [change]), base)
      // What is in a file is what it says, not what the registry knew that it was printed from.
      const written = registryIn(printRegistry(file))
      assert.deepStrictEqual(contentOf(mergedWith(written, changes)), contentOf(registry))
    },
    { arbitrary: { runs: 1000, size: 8, seed: "files on the way" } }
  )

  it.prop("twice is the same as once", { text: registrySource, wishes, others: wishes }, ({ others, text, wishes }) => {
    const base = registryIn(text)
    const { changes } = fulfil(base, wishes)
    const merged = mergeChanges(fulfil(base, others).registry, changes)
    if (Result.isSuccess(merged)) assert.strictEqual(mergedWith(merged.success, changes), merged.success)
  }, { arbitrary: { runs: 1000, size: 8, seed: "twice" } })

  it.prop(
    "leaves what others did, does what was done here, or names the entries that contradict each other",
    { text: registrySource, wishes, others: wishes },
    ({ others, text, wishes }) => {
      const base = registryIn(text)
      const { changes, registry } = fulfil(base, wishes)
      const file = fulfil(base, others).registry
      const before = contentOf(file)
      const merged = mergeChanges(file, changes)
      assert.deepStrictEqual(contentOf(file), before)
      if (Result.isFailure(merged)) {
        assert.isAbove(merged.failure.clashes.length, 0)
        for (const { ours, theirs } of merged.failure.clashes) assert.notStrictEqual(ours, theirs)
        assert.isNotEmpty(merged.failure.message)
        return
      }
      const after = merged.success
      assert.deepStrictEqual(contentOf(registryIn(printRegistry(after))), contentOf(after))
      const net = netChanges(changes)
      const changed = new Set(net.flatMap(({ after, before }) => after?.id ?? before?.id ?? []))
      for (const id of changed) assert.deepStrictEqual(after.byId.get(id), registry.byId.get(id))
      for (const [id, entry] of file.byId) {
        const touched = changes.some((change) => (change.after ?? change.before)?.id === id)
        if (!touched) assert.strictEqual(after.byId.get(id), entry)
      }
      assert.isAtLeast(after.nextId, Math.max(file.nextId, registry.nextId))
    },
    { arbitrary: { runs: 1500, size: 8, seed: "others" } }
  )
})

const line = (id: number, uuid: number, root: string, more = ""): string =>
  `{"asset_id":${id},"asset_uuid":"${uuidText(uuid)}","root":"${root}","included_in_build":true${more}}`

const fileOf = (...entries: ReadonlyArray<string>): Registry =>
  registryIn(`{"schema_version":1,"assets":[${entries.join(",")}]}`)

const entryOf = (id: number, uuid: number, root: string, more = ""): RegistryEntry => {
  const [entry] = fileOf(line(id, uuid, root, more)).byRoot.values()
  if (entry === undefined) throw new Error("the line is no entry")
  return entry
}

const change = (before: RegistryEntry | undefined, after: RegistryEntry | undefined): RegistryChange => ({
  before,
  after,
  replaces: []
})
const add = (entry: RegistryEntry) => change(undefined, entry)
const remove = (entry: RegistryEntry) => change(entry, undefined)

describe("an entry that was added here", () => {
  const ours = entryOf(1, 1, "a")

  it("is no change where the file has it", () => {
    const file = fileOf(line(1, 1, "a"), line(2, 2, "b"))
    assert.strictEqual(mergedWith(file, [add(ours)]), file)
  })

  it("comes beside those that others added", () => {
    const merged = mergedWith(fileOf(line(2, 2, "b")), [add(ours)])
    assert.deepStrictEqual(Array.from(merged.byId.values(), ({ id, root }) => [id, root]), [[1, "a"], [2, "b"]])
  })

  const contradictions: ReadonlyArray<readonly [string, string, ReadonlyArray<RegistryClash["key"]>]> = [
    ["the same id", line(1, 2, "b"), ["id"]],
    ["the same uuid", line(2, 1, "b"), ["uuid"]],
    ["the same root", line(2, 2, "a"), ["root"]],
    ["the same uuid and root", line(2, 1, "a"), ["uuid", "root"]],
    ["another participation", line(1, 1, "a").replace("true", "false"), ["id"]],
    ["the same id in an entry that is not believed", "{\"asset_id\":1}", ["id"]],
    ["the same uuid in an entry that is not believed", `{"asset_uuid":"${uuidText(1)}"}`, ["uuid"]],
    ["the same root in an entry that is not believed", "{\"root\":\"a\"}", ["root"]]
  ]
  it.each(contradictions)("contradicts %s", (_, theirs, keys) => {
    assert.deepStrictEqual(
      clashesWith(fileOf(theirs, line(9, 9, "z")), [add(ours)]),
      keys.map((key) => ({ key, ours: printEntry(ours), theirs }))
    )
  })

  it("contradicts every entry that takes one of its keys", () => {
    const file = fileOf(line(1, 5, "e"), line(2, 1, "b"), line(3, 3, "a"))
    assert.deepStrictEqual(clashesWith(file, [add(ours)]).map(({ key }) => key), ["id", "uuid", "root"])
  })
})

describe("an entry that was removed here", () => {
  const ours = entryOf(1, 1, "a")

  it("is no change where somebody else removed it", () => {
    const file = fileOf(line(2, 2, "b"))
    assert.strictEqual(mergedWith(file, [remove(ours)]), file)
  })

  it("is no change where somebody else gave its root and its uuid to another", () => {
    const file = fileOf(line(2, 1, "a"))
    assert.strictEqual(mergedWith(file, [remove(ours)]), file)
  })

  it("goes whatever unknown keys somebody else gave it", () => {
    assert.strictEqual(mergedWith(fileOf(line(1, 1, "a", ",\"note\":1")), [remove(ours)]).byRoot.size, 0)
  })

  it("goes although somebody else uses a root that it had meanwhile", () => {
    const moved = entryOf(1, 1, "b")
    const merged = mergedWith(fileOf(line(1, 1, "a"), line(7, 7, "b")), [change(ours, moved), remove(moved)])
    assert.deepStrictEqual(Array.from(merged.byRoot.values(), ({ id }) => id), [7])
  })

  it("contradicts what somebody else made of it", () => {
    assert.deepStrictEqual(clashesWith(fileOf(line(1, 1, "b")), [remove(ours)]), [
      { key: "id", ours: printEntry(ours), theirs: line(1, 1, "b") }
    ])
  })

  it.each([
    ["another has its root, another its uuid", [line(1, 2, "a"), line(1, 3, "c")], [line(2, 1, "d")]],
    ["it is one of them itself", [line(1, 1, "a"), line(1, 2, "b")], []]
  ])("contradicts entries with its id that cannot be believed, where %s", (_, doubtful, others) => {
    assert.deepStrictEqual(
      clashesWith(fileOf(...doubtful, ...others), [remove(ours)]),
      doubtful.map((theirs) => ({ key: "id", ours: printEntry(ours), theirs }))
    )
  })
})

describe("an entry that was changed here", () => {
  const [ours, moved] = [entryOf(1, 1, "a"), entryOf(1, 1, "b")]

  it("keeps unknown keys that somebody else gave it meanwhile", () => {
    const merged = mergedWith(fileOf(line(1, 1, "a", ",\"note\":1.0")), [change(ours, moved)])
    assert.deepStrictEqual(Array.from(merged.byRoot.values(), printEntry), [line(1, 1, "b", ",\"note\":1.0")])
  })

  it("contradicts its removal by somebody else", () => {
    assert.deepStrictEqual(clashesWith(fileOf(), [change(ours, moved)]), [
      { key: "id", ours: printEntry(moved), theirs: "no such entry" }
    ])
  })

  it("contradicts another change of it", () => {
    assert.deepStrictEqual(clashesWith(fileOf(line(1, 1, "c")), [change(ours, moved)]).map(({ key }) => key), ["id"])
  })

  it("and changed back leaves what somebody else made of it", () => {
    const file = fileOf(line(1, 1, "c"))
    assert.strictEqual(mergedWith(file, [change(ours, moved), change(moved, ours)]), file)
  })

  it("may take the root of one that leaves it", () => {
    const [other, away] = [entryOf(2, 2, "b"), entryOf(2, 2, "a")]
    const tmp = entryOf(1, 1, "tmp")
    const merged = mergedWith(fileOf(line(1, 1, "a"), line(2, 2, "b")), [
      change(ours, tmp),
      change(other, away),
      change(tmp, moved)
    ])
    assert.deepStrictEqual(Array.from(merged.byRoot.values(), ({ id, root }) => [id, root]), [[2, "a"], [1, "b"]])
  })
})

describe("an entry that was added and removed again", () => {
  const ours = entryOf(5, 1, "a")
  const changes = [add(ours), remove(ours)]

  it("uses up its id", () => {
    assert.strictEqual(mergedWith(emptyRegistry, changes).nextId, 6)
    assert.strictEqual(mergedWith(registryIn(printRegistry(mergedWith(emptyRegistry, changes))), changes).nextId, 6)
  })

  it("goes from a file that has it already", () => {
    assert.strictEqual(mergedWith(fileOf(line(5, 1, "a")), changes).byRoot.size, 0)
  })

  it("says nothing about entries that somebody else gave the same id", () => {
    for (const file of [fileOf(line(5, 2, "b")), fileOf(line(5, 2, "b"), line(5, 3, "c"))]) {
      assert.strictEqual(mergedWith(file, changes), file)
    }
  })
})

describe("an entry that took the place of one that was not believed", () => {
  const file = fileOf(line(1, 1, "a"), line(1, 2, "b"), line(3, 3, "c"))
  const registering: Wish = { kind: "register", which: 2, other: 7 }

  it("takes it in the file too, and the others count from then on", () => {
    const changes = changesFor(file, registering)
    assert.deepStrictEqual(changes.map(({ after, replaces }) => `${after?.root} ${replaces.length}`), ["a 1"])
    const merged = mergedWith(
      fileOf(line(1, 2, "b"), line(4, 4, "d"), line(1, 1, "a")),
      changes.map((change) => ({
        ...change,
        after: change.after && { ...change.after, id: entryOf(9, 1, "a").id }
      }))
    )
    assert.deepStrictEqual(Array.from(merged.byRoot.values(), ({ id, root }) => [id, root]), [[9, "a"], [1, "b"], [
      4,
      "d"
    ]])
    assert.deepStrictEqual(merged.doubtful, [])
  })

  it("contradicts it if somebody else made it one that is believed", () => {
    const clashes = clashesWith(fileOf(line(1, 1, "a"), line(3, 3, "c")), changesFor(file, registering))
    assert.deepStrictEqual(clashes.map(({ key, theirs }) => [key, theirs]), [["uuid", line(1, 1, "a")], [
      "root",
      line(1, 1, "a")
    ]])
  })

  it("takes it also if it was removed again", () => {
    const { changes } = fulfil(file, [registering])
    const [added] = changes.flatMap(({ after }) => after ?? [])
    assert.isDefined(added)
    const merged = mergedWith(file, [...changes, change(added, undefined)])
    assert.deepStrictEqual(merged.doubtful, [])
    assert.deepStrictEqual(doubtfulAt(merged, root("a")), [])
    assert.isTrue(sameEntry(merged.byId.get(1) ?? entryOf(9, 9, "z"), entryOf(1, 2, "b")))
  })
})
