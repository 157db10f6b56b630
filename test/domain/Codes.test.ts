/**
 * Every diagnostic, blocker, warning and error is provoked here: a code without a case does not compile, and a case that
 * does not provoke its code fails.
 */
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { type BlockerCode, blockerTable } from "../../src/domain/Blocker.ts"
import { Command } from "../../src/domain/Command.ts"
import { decodeCommand } from "../../src/domain/CommandInput.ts"
import { settle } from "../../src/domain/Commit.ts"
import { type Diagnostic, type DiagnosticCode, diagnosticTable } from "../../src/domain/Diagnostic.ts"
import type { PackerError } from "../../src/domain/Errors.ts"
import { OperationId, ProjectId } from "../../src/domain/Identity.ts"
import { openSnapshot } from "../../src/domain/Opening.ts"
import { accept, cancel, close, emptyLedger } from "../../src/domain/OperationLedger.ts"
import { patch } from "../../src/domain/Patch.ts"
import { type Plan, plan } from "../../src/domain/Plan.ts"
import { previewOf } from "../../src/domain/PlanPreview.ts"
import { getAssetDetails } from "../../src/domain/Queries.ts"
import { givenUp, notShown, reloaded } from "../../src/domain/Refresh.ts"
import { refusalOf, staleness } from "../../src/domain/Refusal.ts"
import { readRegistry } from "../../src/domain/RegistryCodec.ts"
import { mergeChanges } from "../../src/domain/RegistryMerge.ts"
import type { FileSeen, Observed } from "../../src/domain/Seen.ts"
import { defaultSettings, type Settings } from "../../src/domain/Settings.ts"
import { type Warning, type WarningCode, warningTable } from "../../src/domain/Warning.ts"
import { contentHash, ProjectTree, testOpening, testUuid } from "../../src/testing/ProjectTree.ts"
import {
  carryOut,
  entry,
  manifest,
  open,
  operation,
  planFor,
  type Project,
  registry,
  root,
  run
} from "../support/Workspace.ts"

type Files = Readonly<Record<string, string | Uint8Array>>

const index = ".prometeu/index.json"
const uuid1 = { asset_uuid: testUuid(1) }
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const project = (files: Files): Project => open(ProjectTree.of(files))

const diagnosticsOf = ({ snapshot }: Project): ReadonlyArray<Diagnostic> => [
  ...snapshot.diagnostics,
  ...Array.from(snapshot.assets.values()).flatMap((asset) => asset.diagnostics)
]

const told = (files: Files) => () => diagnosticsOf(project(files))
const toldByManifest = (content: string | Uint8Array, others: Files = {}) =>
  told({ "ui/atlas/asset.json": content, ...others })
const toldByRegistry = (content: string | Uint8Array, others: Files = {}) => told({ [index]: content, ...others })

const withTree = (change: (tree: ProjectTree) => void, files: Files = {}) => () => {
  const tree = ProjectTree.of(files)
  change(tree)
  return diagnosticsOf(open(tree))
}

/** What a command tells after somebody changed the folder of an open project. */
const afterEdit = (files: Files, command: Command, edit: (tree: ProjectTree) => void) => () => {
  const opened = project(files)
  edit(opened.tree)
  return diagnosticsOf(run(opened, command))
}

/** What a scan tells where a file cannot be taken as it is. */
const scanned = (seen: FileSeen, place: "manifest" | "registry") => () => {
  const scan = ProjectTree.of({ "ui/atlas/asset.json": manifest() }).scan()
  const changed = place === "registry"
    ? { ...scan, registry: seen }
    : { ...scan, roots: scan.roots.map((found) => ({ ...found, manifest: seen })) }
  return diagnosticsOf({ tree: new ProjectTree(), snapshot: openSnapshot(changed, testOpening) })
}

const atlas = {
  "ui/atlas/asset.json": manifest(uuid1),
  "ui/atlas/a.png": "a",
  [index]: registry([entry(1, "ui/atlas")])
}
const rename = Command.updateContract({ asset: { root: "ui/atlas" }, name: "other" })
const artifacts = (...files: ReadonlyArray<string>) => ({ artifacts: files.map((file, index) => ({ index, file })) })

const diagnostics: Readonly<Record<DiagnosticCode, () => ReadonlyArray<Diagnostic>>> = {
  "project/read-only": () =>
    ProjectTree.of(atlas).open({ ...testOpening, readOnly: "the disk is mounted read-only" }).diagnostics,
  "registry/unreadable": scanned({ _tag: "Unreadable", reason: "EACCES" }, "registry"),
  "registry/invalid-json": toldByRegistry("{"),
  "registry/conflict-markers": toldByRegistry("{\n<<<<<<< ours\n=======\n>>>>>>> theirs\n}"),
  "registry/invalid-shape": toldByRegistry("[]"),
  "registry/unknown-version": toldByRegistry(`{"schema_version":2,"assets":[]}`),
  "registry/missing": toldByManifest(manifest(uuid1)),
  "registry/invalid-entry": toldByRegistry(registry([{ asset_id: "1", root: "ui/atlas" }])),
  "registry/illegal-root": toldByRegistry(registry([entry(1, "../outside")])),
  "registry/duplicate-id": toldByRegistry(registry([entry(1, "a"), entry(1, "b", { asset_uuid: testUuid(2) })])),
  "registry/duplicate-uuid": toldByRegistry(registry([entry(1, "a"), entry(2, "b", uuid1)])),
  "registry/duplicate-root": toldByRegistry(registry([entry(1, "a"), entry(2, "a")])),
  "registry/next-asset-id": toldByRegistry(registry([entry(5, "a")], { next_asset_id: 3 })),
  "workspace/missing-root": toldByRegistry(registry([entry(1, "a")])),
  "workspace/nested-root": told({ "a/asset.json": manifest(), "a/b/asset.json": manifest() }),
  "workspace/case-collision": told({ "ui/a/asset.json": manifest(), "UI/b/asset.json": manifest() }),
  "workspace/illegal-root": told({ "ui/con/asset.json": manifest() }),
  "workspace/illegal-file": toldByManifest(manifest(), { "ui/atlas/what?.png": "x" }),
  "workspace/symlink": withTree((tree) => tree.putLink("ui/atlas/link"), { "ui/atlas/asset.json": manifest() }),
  "workspace/unreadable": () => {
    const scan = { ...new ProjectTree().scan(), unreadable: [{ path: "secret", reason: "EACCES" }] }
    return openSnapshot(scan, testOpening).diagnostics
  },
  "identity/moved-outside": told({ ...atlas, [index]: registry([entry(1, "ui/before")]) }),
  "identity/copied": told({ ...atlas, "ui/copy/asset.json": manifest(uuid1) }),
  "identity/duplicate": told({ "a/asset.json": manifest(uuid1), "b/asset.json": manifest(uuid1) }),
  "identity/missing-uuid": told({ ...atlas, "ui/atlas/asset.json": manifest() }),
  "identity/other-uuid": told({ ...atlas, "ui/atlas/asset.json": manifest({ asset_uuid: testUuid(2) }) }),
  "manifest/unreadable": withTree((tree) => tree.putLink("ui/atlas/asset.json")),
  "manifest/too-large": scanned({ _tag: "TooLarge", size: 2 ** 30 }, "manifest"),
  "manifest/byte-order-mark": toldByManifest(`\ufeff${manifest()}`),
  "manifest/invalid-utf8": toldByManifest(new Uint8Array([0x22, 0xff, 0x22])),
  "manifest/invalid-json": toldByManifest(manifest().replace("{", "{ // comment\n")),
  "manifest/conflict-markers": toldByManifest("{\n<<<<<<< ours\n=======\n>>>>>>> theirs\n}"),
  "manifest/duplicate-key": toldByManifest(manifest().replace("{", `{"name":"twice",`)),
  "manifest/too-deep": toldByManifest(manifest().replace("{", `{"deep":${"[".repeat(300)}${"]".repeat(300)},`)),
  "manifest/invalid-shape": toldByManifest(manifest({ name: 7 })),
  "manifest/unknown-version": toldByManifest(manifest({ schema_version: 2 })),
  "manifest/unknown-family": toldByManifest(manifest({ family: "odd_bank" })),
  "manifest/unknown-format": toldByManifest(manifest({ output: { format: "x", codec: "none", metadata: {} } })),
  "manifest/unknown-codec": toldByManifest(
    manifest({ output: { format: "TILES/indexed_v1", codec: "x", metadata: { tile_size: 16 } } })
  ),
  "manifest/invalid-metadata": toldByManifest(
    manifest({ output: { format: "TILES/indexed_v1", codec: "none", metadata: { tile_size: 17 } } })
  ),
  "manifest/inputs-by-role": toldByManifest(manifest({ inputsByRole: {} })),
  "artifacts/bad-index": toldByManifest(manifest({ artifacts: [{ index: 1, file: "a.png" }] })),
  "artifacts/missing-file": toldByManifest(manifest(artifacts("a.png"))),
  "artifacts/illegal-file": toldByManifest(manifest(artifacts("../a.png"))),
  "artifacts/duplicate-file": toldByManifest(manifest(artifacts("a.png", "a.png")), { "ui/atlas/a.png": "a" }),
  "artifacts/wrong-kind": toldByManifest(manifest(artifacts("a.wav")), { "ui/atlas/a.wav": "a" }),
  "artifacts/over-capacity": toldByManifest(manifest(artifacts("a.png")), {
    "ui/atlas/a.png": new Uint8Array(5 * 1024 * 1024)
  }),
  "divergence/manifest-changed": afterEdit(atlas, rename, (tree) => tree.put("ui/atlas/asset.json", manifest())),
  "divergence/manifest-gone": afterEdit(atlas, rename, (tree) => tree.remove("ui/atlas")),
  "divergence/manifest-appeared": afterEdit(
    { [index]: registry([entry(1, "ui/atlas")]) },
    Command.delete({ asset: { id: 1 } }),
    (tree) => tree.put("ui/atlas/asset.json", manifest(uuid1))
  ),
  "divergence/manifest-replaced": afterEdit(atlas, rename, (tree) => {
    tree.remove("ui")
    tree.putLink("ui")
  }),
  "divergence/registry-changed": afterEdit(atlas, rename, (tree) => tree.put(index, registry([]))),
  "commit/not-published": () => {
    const opened = project(atlas)
    return diagnosticsOf(notPublished(opened))
  }
}

/** A project whose last change is durable and not in place. */
const notPublished = (opened: Project): Project => {
  const made = planFor(opened, rename)
  const settled = settle(operation, made, {
    _tag: "Durable",
    fingerprints: new Map(),
    notPublished: new Map([[root("ui/atlas"), "asset.json is held open"]]),
    diverged: new Map()
  })
  return { ...opened, snapshot: patch(opened.snapshot, Result.getOrThrow(settled).committed) }
}

const refusedBy = (files: Files, command: Command) => () => planFor(project(files), command)
const blocked = (command: Command, files: Files = {}) => refusedBy({ ...atlas, ...files }, command)

/** A plan for which the shell saw something special. */
const observing = (command: Command, change: (observed: Observed) => Observed, files: Files = atlas) => () => {
  const opened = project(files)
  return plan(opened.snapshot, command, change(opened.tree.observe(opened.snapshot, command)))
}

const limited = (settings: Partial<Settings>, command: Command, files: Files = atlas) => () => {
  const tree = ProjectTree.of(files)
  const snapshot = tree.open({ ...testOpening, settings: { ...defaultSettings, ...settings } })
  return plan(snapshot, command, tree.observe(snapshot, command))
}

const tiny = defaultSettings.families.map((family) => ({
  ...family,
  capacity: { files: 2, fileBytes: 3, totalBytes: 4 }
}))

const create = (fields: Partial<Parameters<typeof Command.create>[0]>) =>
  Command.create({ root: "new", name: "new", family: "tile_bank", ...fields })
const compose = (...files: ReadonlyArray<string>) => Command.applyBankComposition({ asset: { id: 1 }, files })
const relocate = (to: string) => Command.relocate({ asset: { id: 1 }, to })
const register = (place: string) => Command.register({ root: place })

const blockers: Readonly<Record<BlockerCode, () => Plan>> = {
  "project/read-only": blocked(rename, { [index]: "{" }),
  "registry/diverged": observing(rename, (observed) => ({ ...observed, registry: { _tag: "Absent" } })),
  "asset/not-found": blocked(Command.delete({ asset: { id: 7 } })),
  "asset/diverged": () => {
    const opened = project(atlas)
    opened.tree.put("ui/atlas/asset.json", manifest())
    return planFor(opened, rename)
  },
  "asset/publish-pending": () => planFor(notPublished(project(atlas)), rename),
  "root/illegal": blocked(create({ root: "../up" })),
  "root/taken": blocked(create({ root: "ui/atlas" })),
  "root/nested": blocked(create({ root: "ui/atlas/inner" })),
  "root/collision": blocked(create({ root: "UI/other" })),
  "root/inside-itself": blocked(relocate("ui/atlas/inner")),
  "root/holds-asset": blocked(relocate("ui/moved"), { "ui/atlas/inner/asset.json": manifest() }),
  "root/missing": refusedBy({ [index]: registry([entry(1, "ui/atlas")]) }, rename),
  "root/link": () => {
    const opened = project(atlas)
    opened.tree.putLink("linked")
    return planFor(opened, create({ root: "linked/new" }))
  },
  "root/not-a-folder": blocked(create({ root: "file/new" }), { file: "a file" }),
  "workspace/across-devices": observing(
    Command.delete({ asset: { id: 1 } }),
    (observed) => ({ ...observed, runtimeDevice: "another device" })
  ),
  "workspace/unreadable": observing(create({}), (observed) => ({ ...observed, roots: new Map() })),
  "registry/already-registered": blocked(register("ui/atlas")),
  "registry/not-registered": blocked(Command.unregister({ asset: { root: "sfx" } }), { "sfx/asset.json": manifest() }),
  "registry/entry-not-believed": blocked(rename, { [index]: registry([entry(1, "ui/atlas"), entry(1, "sfx")]) }),
  "registry/ids-exhausted": blocked(create({}), { [index]: registry([entry(Number.MAX_SAFE_INTEGER, "ui/atlas")]) }),
  "identity/copied": blocked(register("ui/copy"), { "ui/copy/asset.json": manifest(uuid1) }),
  "identity/not-new": observing(create({}), (observed) => ({ ...observed, newUuids: [testUuid(1)] })),
  "manifest/invalid": blocked(rename, { "ui/atlas/asset.json": "{" }),
  "manifest/too-large": limited(
    { manifestLimit: 300 },
    Command.updateContract({ asset: { id: 1 }, name: "n".repeat(200) })
  ),
  "family/unknown": blocked(create({ family: "odd_bank" })),
  "contract/invalid-name": blocked(create({ name: "" })),
  "contract/unknown-format": blocked(create({ output: { format: "x" } })),
  "contract/unknown-codec": blocked(create({ output: { codec: "x" } })),
  "contract/invalid-metadata": blocked(create({ output: { metadata: { tile_size: "x" } } })),
  "composition/illegal-path": blocked(compose("../a.png")),
  "composition/file-missing": blocked(compose("b.png")),
  "composition/file-twice": blocked(compose("a.png", "a.png")),
  "composition/wrong-kind": blocked(compose("a.wav"), { "ui/atlas/a.wav": "a" }),
  "composition/too-many-files": limited({ families: tiny }, compose("a.png", "b.png", "c.png"), {
    ...atlas,
    "ui/atlas/b.png": "b",
    "ui/atlas/c.png": "c"
  }),
  "composition/file-too-large": limited({ families: tiny }, compose("a.png"), { ...atlas, "ui/atlas/a.png": "aaaa" }),
  "composition/too-many-bytes": limited({ families: tiny }, compose("a.png", "b.png"), {
    ...atlas,
    "ui/atlas/a.png": "aaa",
    "ui/atlas/b.png": "bb"
  }),
  "batch/too-large": limited({ batchLimit: 1 }, Command.batch({ commands: [rename, rename] }))
}

const warned = (command: Command, files: Files = {}) => () => planFor(project({ ...atlas, ...files }), command).warnings
const include = Command.setBuildParticipation({ asset: { id: 1 }, included: true })

const warnings: Readonly<Record<WarningCode, () => ReadonlyArray<Warning>>> = {
  "command/no-change": warned(include),
  "registry/only-entry": warned(Command.delete({ asset: { id: 1 } }), { [index]: registry([entry(1, "ui/gone")]) }),
  "registry/entry-replaced": warned(register("ui/atlas"), {
    [index]: registry([entry(1, "ui/atlas"), entry(1, "sfx", { asset_uuid: testUuid(2) })])
  }),
  "participation/has-errors": warned(include, {
    "ui/atlas/asset.json": manifest({ ...uuid1, ...artifacts("missing.png") }),
    [index]: registry([entry(1, "ui/atlas", { included_in_build: false })])
  }),
  "composition/unknown-keys": warned(compose(), {
    "ui/atlas/asset.json": manifest({ ...uuid1, artifacts: [{ index: 0, file: "a.png", note: "keep" }] })
  }),
  "composition/inputs-by-role": warned(compose("a.png"), {
    "ui/atlas/asset.json": manifest({ ...uuid1, inputsByRole: {} })
  }),
  "commit/not-published": () => {
    const made = planFor(project(atlas), rename)
    const late = new Map([[root("ui/atlas"), "asset.json is held open"]])
    return Result.getOrThrow(
      settle(operation, made, { _tag: "Durable", fingerprints: new Map(), notPublished: late, diverged: new Map() })
    ).warnings
  },
  "commit/overtaken": () => {
    const made = planFor(project(atlas), rename)
    const found = { expected: { _tag: "Absent" }, found: { _tag: "NoFile" }, noticedAt: 0 } as const
    const diverged = new Map([[root("ui/atlas"), found]])
    return Result.getOrThrow(
      settle(operation, made, { _tag: "Durable", fingerprints: new Map(), notPublished: new Map(), diverged })
    ).warnings
  },
  "snapshot/reloaded": () => [reloaded],
  "snapshot/not-shown": () => [notShown],
  "registry/change-given-up": () => {
    const conflict = errors.RegistryConflict()
    return conflict?._tag === "RegistryConflict" ? givenUp(conflict) : []
  }
}

const refusal = (made: Plan): PackerError | undefined => refusalOf(made)
const failure = <A, E>(result: Result.Result<A, E>): E | undefined =>
  Result.isFailure(result) ? result.failure : undefined
const fault = { call: "write", path: "runtime/stage/1", errno: "ENOSPC" }
const ledger = () => emptyLedger(ProjectId.make("demo"), 10, contentHash)

const errors: Readonly<Record<PackerError["_tag"], () => PackerError | undefined>> = {
  AssetNotFound: () => failure(getAssetDetails(project(atlas).snapshot, { id: 7 })),
  CommandBlocked: () => refusal(blocked(compose("b.png"))()),
  PreviewStale: () => {
    const opened = project(atlas)
    const shown = previewOf(planFor(opened, rename), contentHash)
    const after = carryOut(opened, planFor(opened, Command.updateContract({ asset: { id: 1 }, preload: true })))
    return staleness(planFor(after, rename), shown, contentHash)
  },
  Diverged: () => refusal(blockers["asset/diverged"]()),
  ProjectReadOnly: () => refusal(blockers["project/read-only"]()),
  CommitFailed: () => failure(settle(operation, planFor(project(atlas), rename), { _tag: "Absent", fault })),
  PublishPending: () => refusal(blockers["asset/publish-pending"]()),
  CommitUncertain: () => failure(settle(operation, planFor(project(atlas), rename), { _tag: "Unknown", fault })),
  Cancelled: () => cancel(Result.getOrThrow(accept(ledger(), "mine", rename)).ledger, OperationId.make("mine")),
  RegistryConflict: () => {
    const theirs = Result.getOrThrow(readRegistry(utf8(registry([entry(1, "elsewhere", { asset_uuid: testUuid(9) })]))))
    const { registry: changes } = planFor(project({ "ui/atlas/asset.json": manifest(uuid1) }), register("ui/atlas"))
    return failure(mergeChanges(theirs, changes))
  },
  RuntimeClosed: () => failure(accept(close(ledger()), "mine", rename)),
  OperationIdConflict: () =>
    failure(accept(Result.getOrThrow(accept(ledger(), "mine", rename)).ledger, "mine", include)),
  InvalidCommand: () => failure(decodeCommand({ _tag: "batch", commands: [{ _tag: "batch", commands: [] }] }))
}

const cases = <K extends string, V>(table: Readonly<Record<K, V>>): ReadonlyArray<[K, V]> =>
  // The keys of these objects are the codes, by their types.
  (Object.keys(table) as Array<K>).map((code) => [code, table[code]])

/** One sentence for a person: who, what, and what to do, once each. */
const assertReadable = (message: string, remedy: string): void => {
  assert.match(message, /^["A-Z]/)
  assert.isTrue(message.endsWith(`; ${remedy}.`), message)
  assert.strictEqual(message.split("; ").length, 2, message)
  assert.notMatch(message, /undefined|readonly "|\[object/)
}

describe("every code of the tables is provoked", () => {
  it.each(cases(diagnostics))("diagnostic %s", (code, provoke) => {
    const found = provoke().filter((diagnostic) => diagnostic.code === code)
    assert.isNotEmpty(found)
    for (const { message, root: place, severity } of found) {
      assert.strictEqual(severity, diagnosticTable[code].severity)
      assertReadable(message, diagnosticTable[code].remedy)
      if (place !== undefined) assert.include(message, place)
    }
  })

  it.each(cases(blockers))("blocker %s", (code, provoke) => {
    const made = provoke()
    const found = made.blockers.filter((blocker) => blocker.code === code)
    assert.isNotEmpty(found, JSON.stringify(made.blockers))
    assert.deepStrictEqual([made.files, made.registry], [[], []])
    for (const { message } of found) assertReadable(message, blockerTable[code].remedy)
    assert.isDefined(refusalOf(made))
  })

  it.each(cases(warnings))("warning %s", (code, provoke) => {
    const found = provoke().filter((warning) => warning.code === code)
    assert.isNotEmpty(found)
    for (const { message } of found) assertReadable(message, warningTable[code].remedy)
  })

  it.each(cases(errors))("error %s", (tag, provoke) => {
    const error = provoke()
    assert.strictEqual(error?._tag, tag)
    assert.match(error?.message ?? "", /^[A-Z].{20,}\.$/s)
  })

  it("has a case for each row of the tables", () => {
    assert.deepStrictEqual(Object.keys(diagnostics), Object.keys(diagnosticTable))
    assert.deepStrictEqual(Object.keys(blockers), Object.keys(blockerTable))
    assert.deepStrictEqual(Object.keys(warnings), Object.keys(warningTable))
  })
})
