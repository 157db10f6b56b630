/** CREATE: makes a folder with a manifest and a new identity, and registers it. */
import * as Result from "effect/Result"

import { type Blocker, blocker } from "../Blocker.ts"
import type { Create } from "../Command.ts"
import { defaultOutput, familyOf, type Output } from "../Family.ts"
import { newManifest } from "../ManifestEdit.ts"
import { contentOf, readingOf } from "../Reading.ts"
import { resultFn } from "../ResultFn.ts"
import { type FileSeen, stateOf } from "../Seen.ts"
import type { Snapshot } from "../Snapshot.ts"
import { nameBlockers, outputBlockers, outputOf } from "./Contract.ts"
import { newEntry } from "./Entry.ts"
import { type Planning, possible, projectBlockers, type Rule, unlessBlocked } from "./Rule.ts"
import { legalRoot, lookAtTarget, makeParents, type Target, targetAt } from "./Target.ts"

/** The rule of `create`. */
export const create: Rule<Create> = {
  looks: (snapshot, { root }) => lookAtTarget(snapshot, root, "adopt"),

  plan: resultFn(function*(planning: Planning, command: Create) {
    yield* unlessBlocked(projectBlockers(planning.snapshot))
    const contract = contractOf(planning.snapshot, command)
    const target = Result.flatMap(legalRoot(command.root), (root) => targetAt(planning, root))
    yield* unlessBlocked([...failureOf(target), ...failureOf(contract)])
    return yield* make(planning, command, yield* target, yield* contract)
  })
}

const make = resultFn(function*(planning: Planning, command: Create, target: Target, output: Output) {
  const { settings } = planning.snapshot
  const { root, spelling } = target
  const entry = yield* newEntry(planning, root)
  const { family, name, preload = false } = command
  const bytes = newManifest(entry.uuid, { name, family, output, preload })
  if (bytes.length > settings.manifestLimit) {
    const cause =
      `The manifest of "${root}" would have ${bytes.length} bytes, more than the ${settings.manifestLimit} allowed`
    return yield* Result.fail([blocker("manifest/too-large", cause, { root })])
  }
  const written: FileSeen = { _tag: "Planned", bytes }
  const onDisk = {
    spelling,
    reading: readingOf(written, settings),
    manifestState: stateOf(written),
    ...contentOf({ files: [], links: [], unreadable: [], innerRoots: [] }, settings)
  }
  return yield* possible({
    registry: [{ before: undefined, after: entry, replaces: [] }],
    files: [
      ...makeParents(target),
      { _tag: "create-directory", to: spelling },
      { _tag: "write-file", to: `${spelling}/asset.json`, bytes, before: { _tag: "Absent" } }
    ],
    facts: new Map([[root, { onDisk, divergence: undefined, notPublished: undefined }]])
  })
})

const failureOf = <A>(result: Result.Result<A, ReadonlyArray<Blocker>>): ReadonlyArray<Blocker> =>
  Result.isFailure(result) ? result.failure : []

/** The whole output of the new asset: what the command says, and the family's defaults for the rest. */
const contractOf = (
  { settings: { families } }: Snapshot,
  { family: id, name, output: input, root }: Create
): Result.Result<Output, ReadonlyArray<Blocker>> => {
  const family = familyOf(families, id)
  if (family === undefined) {
    const known = families.map((candidate) => `"${candidate.id}"`).join(", ")
    return Result.fail([blocker("family/unknown", `"${id}" is no family, known are ${known}`, { root })])
  }
  const output = outputOf(family, input, defaultOutput(family))
  const blockers = [...nameBlockers(name, root), ...outputBlockers(family, input, output, root)]
  return Result.map(unlessBlocked(blockers), () => output)
}
