/** A copy that is told the facts shows what the original shows. */
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import {
  type AssetRef,
  Command,
  getAssetActions,
  getAssetDetails,
  listAssets,
  OperationId,
  type Snapshot
} from "prometeu-packer"
import { emptyCopy, shown, withProject, withRoots } from "../../../examples/studio/client/Copy.ts"
import { difference } from "../../../examples/studio/server/Watching.ts"
import { News } from "../../../examples/studio/shared/News.ts"
import { registryIn } from "../../../src/domain/Found.ts"
import { refreshSteps } from "../../../src/domain/Refresh.ts"
import { stateOf } from "../../../src/domain/Seen.ts"
import { runSteps } from "../../../src/domain/Steps.ts"
import { ProjectTree, testUuid } from "../../../src/testing/ProjectTree.ts"
import { edit, EditSpec } from "../../model/Edits.ts"
import { commandOf, CommandSpec, Oddity, oddTreeOf, ProjectSpec } from "../../model/Generators.ts"
import { entry, manifest, open, type Project, registry, run, visible } from "../../support/Workspace.ts"

const runs = 200
const codec = Schema.toCodecJson(Schema.Array(News))
const [encode, decode] = [Schema.encodeSync(codec), Schema.decodeUnknownSync(codec)]

/** One news after the other, as JSON, in slices of one root. */
const tell = (copy: Snapshot, before: Snapshot | undefined, changes: ReadonlyArray<Snapshot>): Snapshot => {
  const [first, ...more] = changes.map(({ change, generation }) => ({
    generation,
    added: [],
    updated: [],
    removed: [],
    ...change
  }))
  const snapshot = changes.at(-1)
  if (first === undefined || snapshot === undefined) return copy
  const news = decode(
    JSON.parse(JSON.stringify(encode(difference(before, { position: 7, snapshot }, [first, ...more]))))
  )
  return news.reduce((next, one) => {
    if (one._tag === "Project") return withProject(next, one.facts)
    if (one._tag === "Roots") return one.roots.reduce((next, root) => withRoots(next, [root]), next)
    return one._tag === "Shown" ? shown(next, one) : next
  }, copy)
}

/** Everything that a page can ask. */
const askedOf = (snapshot: Snapshot) => {
  const refs: ReadonlyArray<AssetRef> = [
    ...Array.from(snapshot.assets.values(), ({ root }) => ({ root })),
    ...[1, 2, 3, 4].flatMap((id) => [{ id }, { uuid: testUuid(id) }])
  ]
  const { generation, projectId, readOnly, troubles } = snapshot
  return {
    ...visible(snapshot),
    about: { generation, projectId, readOnly, troubles },
    list: listAssets(snapshot, {}, 7),
    asked: refs.map((ref) => [getAssetDetails(snapshot, ref, 7), getAssetActions(snapshot, ref, 7)])
  }
}

const refresh = (before: Snapshot, tree: ProjectTree): ReadonlyArray<Snapshot> => {
  const scan = tree.scan()
  const registry = { ...runSteps(registryIn(scan.registry)), file: stateOf(scan.registry) }
  const { adopted, noticed } = runSteps(
    refreshSteps(before, scan, { operationId: OperationId.make("refresh"), at: 7, readOnly: undefined, registry })
  )
  return [noticed, adopted].filter(({ generation }, n, all) => generation !== (all[n - 1] ?? before).generation)
}

describe(`a copy of ${runs} projects`, () => {
  const met = { changes: 0, several: 0, same: 0, broken: 0, doubtful: 0 }

  it.prop(
    "shows what the original shows, first and after whatever happens, and leaves all else the same objects",
    {
      project: ProjectSpec,
      odds: Schema.Array(Oddity).check(Schema.isMaxLength(2)),
      acts: Schema.Array(Schema.Union([CommandSpec, EditSpec])).check(Schema.isMaxLength(6))
    },
    ({ acts, odds, project }) => {
      let now: Project = open(oddTreeOf(project, odds))
      const { openingId, projectId, readOnly } = now.snapshot
      if (readOnly !== undefined || now.snapshot.registryFacts.fault !== undefined) met.broken++
      if (now.snapshot.registry.doubtful.length > 0) met.doubtful++
      let copy = tell(emptyCopy({ openingId, projectId }), undefined, [now.snapshot])
      assert.deepStrictEqual(askedOf(copy), askedOf(now.snapshot))
      for (const act of acts) {
        const before = now
        let after: ReadonlyArray<Snapshot>
        if ("how" in act) {
          edit(now.tree, act)
          after = refresh(now.snapshot, now.tree)
        } else {
          now = run(now, commandOf(act))
          after = now.snapshot.generation === before.snapshot.generation ? [] : [now.snapshot]
        }
        now = { tree: now.tree, snapshot: after.at(-1) ?? now.snapshot }
        if (after.length > 0) met.changes++
        if (after.length > 1) met.several++
        const was = copy
        copy = tell(copy, before.snapshot, after)
        assert.deepStrictEqual(askedOf(copy), askedOf(now.snapshot))
        for (const [root, asset] of now.snapshot.assets) {
          if (asset !== before.snapshot.assets.get(root)) continue
          assert.strictEqual(copy.assets.get(root), was.assets.get(root))
          met.same++
        }
      }
    },
    { arbitrary: { runs, seed: "copies" } }
  )

  it("met all of that often", () => {
    assert.isAbove(Math.min(...Object.values(met)), 20, JSON.stringify(met))
  })
})

describe("a copy that is told root by root", () => {
  const manifestAt = (id: number) => manifest({ asset_uuid: testUuid(id) })

  it("knows each asset by its ids, also where assets have changed places", () => {
    const tree = ProjectTree.of({
      "a/asset.json": manifestAt(1),
      "b/asset.json": manifestAt(2),
      "c/asset.json": manifestAt(3),
      ".prometeu/index.json": registry([entry(1, "a"), entry(2, "b"), entry(3, "c")])
    })
    const before = open(tree)
    const copy = tell(emptyCopy(before.snapshot), undefined, [before.snapshot])
    const move = (id: number, to: string) => Command.relocate({ asset: { id }, to })
    const turned = run(before, Command.batch({ commands: [move(1, "x"), move(2, "a"), move(3, "b"), move(1, "c")] }))
    assert.deepStrictEqual(turned.plan.blockers, [])
    assert.deepStrictEqual(askedOf(tell(copy, before.snapshot, [turned.snapshot])), askedOf(turned.snapshot))
  })
})
