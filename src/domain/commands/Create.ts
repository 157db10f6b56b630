/** CREATE: makes a folder with a manifest and a new identity, and registers it. */
import * as Result from "effect/Result"

import type { Create } from "../Command.ts"
import { defaultOutput, type Family, familyOf, type Output } from "../Family.ts"
import { newManifest } from "../ManifestEdit.ts"
import { contentOf, readingOf } from "../Reading.ts"
import { type Blocker, blocker } from "../Verdict.ts"
import { nameBlockers, outputBlockers, outputOf } from "./Contract.ts"
import { newEntry } from "./Entry.ts"
import { plannedFile } from "./Planned.ts"
import { possible, projectBlockers, refused, type Rule } from "./Rule.ts"
import { legalRoot, lookAtTarget, makeParents, targetAt } from "./Target.ts"

/** The rule of `create`. */
export const create: Rule<Create> = {
  looks: (snapshot, { root }) => lookAtTarget(snapshot, root, "adopt"),

  plan: (planning, command) => {
    const { snapshot } = planning
    const standing = projectBlockers(snapshot)
    if (standing.length > 0) return refused(standing)
    const contract = contractOf(snapshot.rules.families, command)
    const root = legalRoot(command.root)
    const target = Result.flatMap(root, (legal) => targetAt(planning, legal))
    const entry = Result.flatMap(root, (legal) => newEntry(planning, legal))
    if (Result.isFailure(target) || Result.isFailure(contract) || Result.isFailure(entry)) {
      return refused([failuresOf(target), failuresOf(contract), Result.isFailure(root) ? [] : failuresOf(entry)].flat())
    }
    const { seen, spelling } = target.success
    const manifest = {
      name: command.name,
      family: command.family,
      output: contract.success,
      preload: command.preload ?? false
    }
    const bytes = newManifest(entry.success.uuid, manifest)
    if (bytes.length > snapshot.rules.manifestLimit) {
      return refused([
        blocker("manifest/too-large", `The manifest of "${command.root}" would have ${bytes.length} bytes`, {
          root: command.root
        })
      ])
    }
    const file = plannedFile(planning, entry.success.root, bytes)
    return possible({
      registry: [{ before: undefined, after: entry.success, replaces: [] }],
      files: [
        ...makeParents(seen),
        { _tag: "create-directory", to: spelling },
        { _tag: "write-file", to: `${spelling}/asset.json`, bytes, before: { _tag: "Absent" } }
      ],
      facts: new Map([[entry.success.root, {
        onDisk: {
          spelling,
          reading: readingOf(file, snapshot.rules),
          manifestState: { _tag: "File", fingerprint: file.fingerprint },
          ...contentOf({ files: [], links: [], unreadable: [], innerRoots: [] })
        },
        divergence: undefined,
        notPublished: undefined
      }]])
    })
  }
}

const failuresOf = <A>(result: Result.Result<A, ReadonlyArray<Blocker>>): ReadonlyArray<Blocker> =>
  Result.isFailure(result) ? result.failure : []

/** The whole output of the new asset: what the command says, and the family's defaults for the rest. */
const contractOf = (
  families: ReadonlyArray<Family>,
  command: Create
): Result.Result<Output, ReadonlyArray<Blocker>> => {
  const family = familyOf(families, command.family)
  if (family === undefined) {
    return Result.fail([
      blocker(
        "family/unknown",
        `"${command.family}" is no family; known are ${families.map(({ id }) => `"${id}"`).join(", ")}`,
        {
          root: command.root
        }
      )
    ])
  }
  const output = outputOf(family, command.output, defaultOutput(family))
  const blockers = [
    ...nameBlockers(command.name, command.root),
    ...outputBlockers(family, command.output, output, command.root)
  ]
  return blockers.length > 0 ? Result.fail(blockers) : Result.succeed(output)
}
