/** What has to be true of any bytes that are read as a registry, and of changes that are merged into it. */
import { Result } from "effect"
import { isDeepStrictEqual } from "node:util"
import { AssetId } from "../../../src/domain/Identity.ts"
import { decodeText } from "../../../src/domain/JsonText.ts"
import { type AssetRoot, parseRoot } from "../../../src/domain/Path.ts"
import {
  applyChanges,
  doubtfulAt,
  type Registry,
  type RegistryChange,
  sameEntry
} from "../../../src/domain/Registry.ts"
import { printEntry, printRegistry, readRegistry } from "../../../src/domain/RegistryCodec.ts"
import { idOf, mergeChanges, mergeWhatFits } from "../../../src/domain/RegistryMerge.ts"
import { testUuid } from "../../../src/testing/ProjectTree.ts"
import type { Checked } from "./Checked.ts"
import { corpusFile } from "./Corpus.ts"
import type { Dice } from "./Dice.ts"

const encoder = new TextEncoder()

/** What a registry says, however it came to be. */
const said = ({ byId, byRoot, byUuid, doubtful, extra, nextId }: Registry) => ({
  entries: Array.from(byRoot.values()),
  ids: Array.from(byId.values(), ({ root }) => root),
  uuids: Array.from(byUuid, ([uuid, { root }]) => [uuid, root]),
  doubtful: doubtful.map(({ faults, id, root, source, uuid }) => ({ faults, id, root, source, uuid })),
  extra,
  nextId
})

/** What is wrong with printing a registry and reading it again. */
const printProblems = (registry: Registry, what: string): ReadonlyArray<string> => {
  const printed = printRegistry(registry)
  const again = readRegistry(encoder.encode(printed))
  if (Result.isFailure(again)) return [`${what} is printed as what cannot be read: ${again.failure.cause}`]
  return [
    ...(isDeepStrictEqual(said(again.success), said(registry)) ? [] : [`${what} is printed as something else`]),
    ...(printRegistry(again.success) === printed ? [] : [`${what} is printed in two ways`])
  ]
}

const readingProblems = (registry: Registry, text: string): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const { byId, byRoot, byUuid, doubtful, nextId } = registry
  if (byId.size !== byRoot.size || [...byUuid].length !== byRoot.size) {
    problems.push("entries share a key and are believed")
  }
  for (const entry of byRoot.values()) {
    const { id, root } = entry
    if (/[\r\n]/.test(printEntry(entry))) problems.push(`the entry ${id} stands on several lines`)
    if (Result.getOrUndefined(parseRoot(root)) !== root) problems.push(`the root ${JSON.stringify(root)} is believed`)
    if (id >= nextId) problems.push(`the id ${id} can be given out once more`)
  }
  for (const { faults, id = 0 } of doubtful) {
    if (faults.length === 0) problems.push("an entry is doubtful for no reason")
    if (id >= nextId) problems.push(`the doubtful id ${id} can be given out once more`)
  }
  const { assets }: { readonly assets: ReadonlyArray<unknown> } = JSON.parse(text)
  if (byRoot.size + doubtful.length !== assets.length) problems.push("entries were lost or made up")
  return problems
}

const roots: ReadonlyArray<AssetRoot> = ["loose", "new", "ui/atlas", "sfx/click", "é", "a"].flatMap((text) => {
  const root = parseRoot(text)
  return Result.isSuccess(root) ? [root.success] : []
})

const base = Result.getOrThrow(readRegistry(corpusFile("registries", "valid.json")))

/** One to four changes that were made to the registry before somebody changed its file. */
const changesOf = (dice: Dice, file: Registry): ReadonlyArray<RegistryChange> => {
  const changes: Array<RegistryChange> = []
  let registry = dice.chance(0.5) ? base : file
  for (let times = dice.below(4); times >= 0; times--) {
    const entries = Array.from(registry.byRoot.values())
    const before = entries.length === 0 || dice.chance(0.4) ? undefined : dice.pick(entries)
    const root = dice.pick(roots)
    const id = registry.nextId
    // As the rules have it: nothing comes to a root that an entry names, also one that is not believed.
    const isFree = registry.byRoot.get(root) === undefined && doubtfulAt(registry, root).length === 0 &&
      id <= Number.MAX_SAFE_INTEGER
    const added = {
      id: AssetId.make(Math.min(id, Number.MAX_SAFE_INTEGER)),
      uuid: testUuid(50 + id),
      root,
      included: true,
      extra: ""
    }
    const after = before === undefined
      ? added
      : dice.pick([undefined, { ...before, included: !before.included }, isFree ? { ...before, root } : undefined])
    if (before === undefined && (!isFree || registry.byUuid.get(added.uuid) !== undefined)) continue
    const replaces = before === undefined && registry.doubtful.length > 0 && dice.chance(0.5)
      ? [dice.pick(registry.doubtful)]
      : []
    const change = { before, after, replaces }
    changes.push(change)
    registry = applyChanges(registry, [change])
  }
  return changes
}

const mergeProblems = (
  dice: Dice,
  file: Registry
): { readonly answer: string; readonly problems: ReadonlyArray<string> } => {
  const changes = changesOf(dice, file)
  const problems: Array<string> = []
  const merged = mergeChanges(file, changes)
  const fitting = mergeWhatFits(file, changes)
  problems.push(...printProblems(fitting.registry, "what fits"))
  if (Result.isFailure(merged)) {
    if (merged.failure.clashes.length === 0) problems.push("a conflict names nothing")
    if (fitting.conflict === undefined || fitting.givenUp.size === 0) {
      problems.push("a conflict is given up without a word")
    }
    return { answer: "conflict", problems }
  }
  problems.push(...printProblems(merged.success, "the merged registry"))
  if (fitting.conflict !== undefined) problems.push("what can be merged is given up")
  const again = mergeChanges(merged.success, changes)
  if (Result.isFailure(again)) problems.push("merging twice is a conflict")
  else if (printRegistry(again.success) !== printRegistry(merged.success)) {
    problems.push("merging twice is something else")
  }
  for (const id of changes.flatMap((change) => idOf(change) ?? [])) {
    if (id >= merged.success.nextId) problems.push(`the id ${id} can be given out once more after merging`)
  }
  for (const { extra, id } of merged.success.byId.values()) {
    const theirs = file.byId.get(id)
    if (theirs !== undefined && theirs.extra !== extra) problems.push(`merging changed unknown keys of the entry ${id}`)
  }
  const touched = new Set(changes.map(idOf))
  for (const entry of file.byId.values()) {
    const now = merged.success.byId.get(entry.id)
    if (!touched.has(entry.id) && (now === undefined || !sameEntry(now, entry) || now.extra !== entry.extra)) {
      problems.push(`merging changed the entry ${entry.id}, which it is not about`)
    }
  }
  return { answer: "merged", problems }
}

/** Reads bytes as a registry, and merges changes into it if it is one. */
export const checkRegistry = (dice: Dice, bytes: Uint8Array): Checked => {
  const read = readRegistry(bytes)
  if (Result.isFailure(read)) {
    const { cause, code } = read.failure
    return { answer: code, problems: cause === "" || !code.startsWith("registry/") ? ["refused without a reason"] : [] }
  }
  const decoded = decodeText(bytes)
  if (Result.isFailure(decoded)) return { answer: "accepted", problems: ["is no text, and was accepted"] }
  const registry = read.success
  const merge = mergeProblems(dice, registry)
  return {
    answer: `${registry.doubtful.length === 0 ? "accepted" : "doubtful"}+${merge.answer}`,
    problems: [
      ...readingProblems(registry, decoded.success),
      ...printProblems(registry, "it"),
      ...merge.problems
    ]
  }
}
