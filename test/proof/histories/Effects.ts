/** What a command makes different in the model, so that what was approved can be held against what was done. */
import { isDeepStrictEqual } from "node:util"
import type { Command } from "../../../src/domain/Command.ts"
import type { Model } from "../../model/Model.ts"
import { rootsOf } from "./Listing.ts"

/**
 * How exactly effects are compared. A folder that is moved or deleted takes along whatever it holds by then: with
 * `places` only that it moves counts, with `contents` also its folders and what its manifest says.
 */
type Grain = "places" | "contents"

/** Where a command makes an asset, and where it moves one: what was there before it has taken away as it was. */
const filledBy = (command: Command) => {
  const parts = command._tag === "batch" ? command.commands : [command]
  const made = new Set(parts.flatMap((part) => part._tag === "create" ? [part.root] : []))
  const moved = new Set(parts.flatMap((part) => part._tag === "relocate" ? [part.to.normalize("NFC")] : []))
  return { made, moved }
}

/** What a command makes different, as a text: equal for the same effect, whatever id a new entry gets. */
export const effectOf = (before: Model, command: Command, after: Model | undefined, grain: Grain): string => {
  if (after === undefined) return "refused"
  const { made, moved } = filledBy(command)
  const manifestsAt = (root: string) => {
    const [was, is] = [before.manifests[root], after.manifests[root]]
    if (grain === "contents") return [was, is]
    const [wasThere, isThere] = [root in before.manifests, root in after.manifests]
    if (made.has(root)) return [wasThere, is]
    return wasThere && isThere && !moved.has(root) ? [was, is] : [wasThere, isThere]
  }
  const roots = Array.from(new Set([...rootsOf(before), ...rootsOf(after)])).toSorted()
  const entryIn = (model: Model, root: string) => {
    const entry = model.entries.find((other) => other.root === root)
    if (entry === undefined || before.entries.some(({ asset_id }) => asset_id === entry.asset_id)) return entry
    // That an entry is believed again, because another one is gone, is not done to it.
    const isDoubted = before.doubtful.some(({ asset_id, root: of }) => asset_id === entry.asset_id && of === root)
    return isDoubted ? undefined : { ...entry, asset_id: "new" }
  }
  const changed = roots.flatMap((root) =>
    [
      [root, entryIn(before, root), entryIn(after, root)],
      [root, ...manifestsAt(root)]
    ].filter(([, was, is]) => !isDeepStrictEqual(was, is))
  )
  const lacking = (some: Model, other: Model) => {
    const folders = some.folders.filter((folder) => !other.folders.includes(folder))
    const isBelow = (folder: string) => folders.some((outer) => folder.startsWith(`${outer}/`))
    return grain === "contents" ? folders : folders.filter((folder) => !isBelow(folder))
  }
  return JSON.stringify([changed, lacking(before, after), lacking(after, before)])
}
