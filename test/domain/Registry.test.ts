import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Result } from "effect"
import { AssetId, AssetUuid } from "../../src/domain/Identity.ts"
import { parseRoot } from "../../src/domain/Path.ts"
import {
  applyChanges,
  doubtfulAt,
  type EntryFault,
  netChanges,
  type Registry,
  type RegistryChange
} from "../../src/domain/Registry.ts"
import { printRegistry } from "../../src/domain/RegistryCodec.ts"
import { pick } from "../support/Arbitraries.ts"
import { changesFor, contentOf, fulfil, registryIn, wish } from "../support/RegistryChanges.ts"
import { registrySource, uuidText } from "../support/RegistrySource.ts"
import { root } from "../support/Workspace.ts"

const wishes = Arbitrary.array(wish, { minLength: 1, maxLength: 8 })

const line = (id: unknown, uuid: unknown, root: unknown, more = ""): string =>
  `{"asset_id":${JSON.stringify(id)},"asset_uuid":${JSON.stringify(uuid)},"root":${
    JSON.stringify(root)
  },"included_in_build":true${more}}`

const registryOf = (...entries: ReadonlyArray<string>): Registry =>
  registryIn(`{"schema_version":1,"assets":[${entries.join(",")}]}`)

const faultsIn = (registry: Registry): ReadonlyArray<readonly [string, ReadonlyArray<EntryFault>]> =>
  registry.doubtful.map(({ faults, source }) => [source, faults.map(({ fault }) => fault)])

const rootsIn = (registry: Registry): ReadonlyArray<string> =>
  Array.from(registry.byRoot.values(), (entry) => entry.root)

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** What of each entry can be told, judged by nothing but the words of the specification. */
const judged = (text: string) => {
  const entries: ReadonlyArray<unknown> = JSON.parse(text).assets
  const told = entries.map((entry) => {
    const get = (key: string): unknown =>
      typeof entry === "object" && entry !== null && Object.hasOwn(entry, key) ? Reflect.get(entry, key) : undefined
    const [id, uuid, path] = [get("asset_id"), get("asset_uuid"), get("root")]
    const legal = typeof path === "string" ? Result.getOrUndefined(parseRoot(path)) : undefined
    return {
      id: typeof id === "number" && Number.isSafeInteger(id) && id >= 1 ? id : undefined,
      uuid: typeof uuid === "string" && uuidForm.test(uuid) ? uuid : undefined,
      root: legal,
      isText: typeof path === "string",
      included: typeof get("included_in_build") === "boolean"
    }
  })
  return told.map((entry): ReadonlyArray<EntryFault> => {
    const isShared = (key: "id" | "uuid" | "root") =>
      entry[key] !== undefined && told.filter((other) => other[key] === entry[key]).length > 1
    const isWhole = entry.id !== undefined && entry.uuid !== undefined && entry.isText && entry.included
    return [
      ...(isWhole ? (entry.root === undefined ? ["illegal-root" as const] : []) : ["invalid-entry" as const]),
      ...(["id", "uuid", "root"] as const).filter(isShared).map((key): EntryFault => `duplicate-${key}`)
    ]
  })
}

describe("which entries are believed", () => {
  it.prop("follows from the entry and from those that share a key with it", { text: registrySource }, ({ text }) => {
    const registry = registryIn(text)
    const faults = judged(text)
    assert.deepStrictEqual(
      registry.doubtful.map((entry) => entry.faults.map(({ fault }) => fault)),
      faults.filter((list) => list.length > 0)
    )
    assert.strictEqual(registry.byRoot.size, faults.filter((list) => list.length === 0).length)
    for (const map of [registry.byId, registry.byUuid]) assert.strictEqual([...map].length, registry.byRoot.size)
    for (const entry of registry.byRoot.values()) {
      assert.strictEqual(registry.byId.get(entry.id), entry)
      assert.strictEqual(registry.byUuid.get(entry.uuid), entry)
    }
  }, { arbitrary: { runs: 1000, size: 10, seed: "judgement" } })

  it("names all that share a key, by each key they share", () => {
    const [a, b, c] = [line(1, uuidText(1), "a"), line(1, uuidText(2), "b"), line(2, uuidText(2), "b")]
    const registry = registryOf(a, b, c, line(3, uuidText(3), "d"))
    assert.deepStrictEqual(faultsIn(registry), [
      [a, ["duplicate-id"]],
      [b, ["duplicate-id", "duplicate-uuid", "duplicate-root"]],
      [c, ["duplicate-uuid", "duplicate-root"]]
    ])
    assert.deepStrictEqual(rootsIn(registry), ["d"])
  })

  it("counts an entry that is not believed for other reasons among those that share a key", () => {
    const broken = line(1, "no uuid", "a")
    const registry = registryOf(broken, line(2, uuidText(2), "a"))
    assert.deepStrictEqual(faultsIn(registry).map(([, faults]) => faults), [["invalid-entry", "duplicate-root"], [
      "duplicate-root"
    ]])
    assert.strictEqual(doubtfulAt(registry, root("a")).length, 2)
  })

  it("takes two spellings of one root for the same root", () => {
    assert.deepStrictEqual(
      faultsIn(registryOf(line(1, uuidText(1), "\u00e9"), line(2, uuidText(2), "e\u0301"))).map(([, faults]) => faults),
      [["duplicate-root"], ["duplicate-root"]]
    )
  })
})

describe("the next id", () => {
  it.each([
    ["is 1 in an empty registry", registryOf(), 1],
    ["is above every id, also of entries that are not believed", registryOf(line(7, "no uuid", "a")), 8],
    [
      "is what the file says, where that is higher",
      registryIn("{\"schema_version\":1,\"next_asset_id\":9,\"assets\":[]}"),
      9
    ]
  ])("%s", (_, registry, nextId) => assert.strictEqual(registry.nextId, nextId))

  it("that the file says is told if it is not above every id", () => {
    const low = (next: number) =>
      registryIn(`{"schema_version":1,"next_asset_id":${next},"assets":[${line(4, uuidText(1), "a")}]}`).lowNextId
    assert.deepStrictEqual([3, 4, 5].map(low), [3, 4, undefined])
  })

  it.prop("is never one that was given out before", { text: registrySource, wishes }, ({ text, wishes }) => {
    const given = new Set<number>()
    let registry = registryIn(text)
    for (const wish of wishes) {
      for (const change of changesFor(registry, wish)) {
        if (change.before === undefined && change.after !== undefined) {
          assert.isFalse(given.has(change.after.id))
          given.add(change.after.id)
        }
        // The file is all that is left of the registry after a restart.
        registry = registryIn(printRegistry(applyChanges(registry, [change])))
        for (const id of given) assert.isBelow(id, registry.nextId)
      }
    }
  }, { arbitrary: { runs: 500, size: 8, seed: "ids" } })
})

describe("applyChanges", () => {
  it.prop(
    "gives the registry that would be read if the file were written",
    { text: registrySource, wishes },
    ({ text, wishes }) => {
      let registry = registryIn(text)
      for (const wish of wishes) {
        for (const change of changesFor(registry, wish)) {
          const before = contentOf(registry)
          const next = applyChanges(registry, [change])
          assert.deepStrictEqual(contentOf(next), contentOf(registryIn(printRegistry(next))))
          assert.isUndefined(next.lowNextId)
          assert.deepStrictEqual(contentOf(registry), before)
          registry = next
        }
      }
    },
    { arbitrary: { runs: 1000, size: 8, seed: "changes" } }
  )

  it("without changes gives the same registry", () => {
    const registry = registryOf(line(1, uuidText(1), "a"))
    assert.strictEqual(applyChanges(registry, []), registry)
  })

  it("believes entries whose key nobody shares any more", () => {
    const registry = registryOf(
      line(1, uuidText(1), "a"),
      line(1, uuidText(2), "b"),
      line(2, uuidText(2), "c"),
      line(3, uuidText(3), "..")
    )
    assert.deepStrictEqual(rootsIn(registry), [])
    const entry = {
      id: AssetId.make(4),
      uuid: AssetUuid.make(uuidText(4)),
      root: root("b"),
      included: true,
      extra: ""
    }
    const after = applyChanges(registry, [{
      before: undefined,
      after: entry,
      replaces: doubtfulAt(registry, entry.root)
    }])
    assert.deepStrictEqual(Array.from(after.byRoot.values(), ({ id, root }) => [id, root]), [[1, "a"], [4, "b"], [
      2,
      "c"
    ]])
    assert.deepStrictEqual(faultsIn(after).map(([, faults]) => faults), [["illegal-root"]])
  })
})

describe("netChanges", () => {
  it.prop("applied at once do what the changes do one by one", { text: registrySource, wishes }, ({ text, wishes }) => {
    const base = registryIn(text)
    const { changes, registry } = fulfil(base, wishes)
    const net = netChanges(changes)
    const { nextId: _, ...content } = contentOf(registry)
    const { nextId, ...atOnce } = contentOf(applyChanges(base, net))
    assert.deepStrictEqual(atOnce, content)
    // An id that was given out and taken back again has been seen by nobody.
    const kept = net.flatMap(({ after }) => after === undefined ? [] : [after.id])
    assert.strictEqual(nextId, Math.max(base.nextId, ...kept.map((id) => id + 1)))
  }, { arbitrary: { runs: 1000, size: 8, seed: "net changes" } })

  it.prop("are one for each entry, and none that changes nothing", { text: registrySource, wishes }, (drawn) => {
    const net = netChanges(fulfil(registryIn(drawn.text), drawn.wishes).changes)
    const ids = net.flatMap(({ after, before }) => after?.id ?? before?.id ?? [])
    assert.strictEqual(new Set(ids).size, ids.length)
    for (const { after, before, replaces } of net) {
      if (replaces.length === 0) assert.notDeepEqual(after, before)
    }
  }, { arbitrary: { runs: 500, size: 8, seed: "net changes of entries" } })

  const [entry] = registryOf(line(1, uuidText(1), "a")).byRoot.values()
  const at = (place: string) => entry && { ...entry, root: root(place) }
  const change = (before: string | undefined, after: string | undefined): RegistryChange => ({
    before: before === undefined ? undefined : at(before),
    after: after === undefined ? undefined : at(after),
    replaces: []
  })
  it.each([
    ["an entry that is added and removed", [change(undefined, "a"), change("a", undefined)], []],
    ["an entry that goes and comes back", [change("a", "b"), change("b", "a")], []],
    ["an entry that goes two steps", [change("a", "b"), change("b", "c")], [change("a", "c")]],
    ["an entry that is added and goes on", [change(undefined, "b"), change("b", "c")], [change(undefined, "c")]],
    ["an entry that goes and is removed", [change("a", "b"), change("b", undefined)], [change("a", undefined)]]
  ])("of %s are what is left of it", (_, changes, net) => assert.deepStrictEqual(netChanges(changes), net))

  it.prop("of two swapped roots are two changes", { first: pick("a", "b") }, ({ first }) => {
    const base = registryOf(line(1, uuidText(1), "a"), line(2, uuidText(2), "b"))
    const which = first === "a" ? 0 : 1
    const { changes, registry } = fulfil(base, [{ kind: "swap", which, other: 1 - which }])
    assert.strictEqual(changes.length, 3)
    assert.strictEqual(netChanges(changes).length, 2)
    assert.deepStrictEqual(contentOf(applyChanges(base, netChanges(changes))), contentOf(registry))
    assert.deepStrictEqual(Array.from(registry.byRoot.values(), ({ id }) => id), [2, 1])
  }, { arbitrary: { runs: 4, seed: "swaps" } })
})
