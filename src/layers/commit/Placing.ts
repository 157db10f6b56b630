/** Bringing a durable change to its places, step by step, and what its caller is told of it. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

import type { CommitResult, Unstaged } from "../../domain/Commit.ts"
import type { Divergence } from "../../domain/Divergence.ts"
import { type AssetRoot, isInside } from "../../domain/Path.ts"
import { type Fingerprint, showState } from "../../domain/Seen.ts"
import type { DiskError } from "../../services/Disk.ts"
import type { LatePublication } from "../../services/DurableCommitter.ts"
import { makeBreather } from "../Breather.ts"
import { movesFolders, type RecordStep } from "../journal/Record.ts"
import type { Books, Entry } from "./Books.ts"
import { keep } from "./Keeping.ts"
import { publishStep } from "./Publishing.ts"
import type { Terms } from "./Terms.ts"
import { leavesDoubt } from "./Unflushed.ts"

type Durable = Extract<CommitResult, { readonly _tag: "Durable" }>

/** What came of putting a change in place. */
type Placed =
  /** It is visible, as far as the result tells. With a `doubt`, a flush between its steps failed. */
  | { readonly _tag: "Durable"; readonly result: Durable; readonly doubt: DiskError | undefined }
  /** Its first step was refused and nothing of it is visible. */
  | { readonly _tag: "Untouched"; readonly refusal: Unstaged }

/** The asset that a step is about; a folder that is made is about what goes into it. */
const rootOf = (step: RecordStep): AssetRoot | undefined => step._tag === "MakeFolder" ? undefined : step.root

/** Keeps what was to be written where somebody else wrote. */
const keepPlanned = Effect.fnUntraced(function*(terms: Terms, { aside, record }: Entry, step: RecordStep) {
  if (step._tag !== "PutFile") return
  const { bytes, path, root } = step
  yield* keep(terms, record.operationId, root, "the asset.json that was to be written", bytes)
  const staged = aside.files.get(path)
  if (staged !== undefined) yield* Effect.ignore(terms.disk.removeFile(staged.path))
})

/**
 * Carries out the steps of a durable change that are not in place. If it `canStop`, it does when the first of them is
 * refused: then nothing of it is visible, and it can still be taken back.
 */
export const publishEntry = Effect.fnUntraced(function*(terms: Terms, books: Books, entry: Entry, canStop: boolean) {
  const isOrdered = movesFolders(entry.record)
  const publishing = { ...terms, unflushed: books.unflushed, count: entry.count }
  const fingerprints = new Map<AssetRoot, Fingerprint>()
  const notPublished = new Map<AssetRoot, string>()
  const diverged = new Map<AssetRoot, Divergence>()
  let doubt: DiskError | undefined
  // What was committed before comes to its place before, or it would look like somebody else's.
  const earlier = lateBefore(books, entry)
  const behind = earlier.flatMap((step) => step._tag === "MoveFolder" ? [step.from, step.to] : [step.path])
  const late = earlier.flatMap((step) => rootOf(step) ?? [])
  const breather = yield* makeBreather
  for (const [index, step] of [...entry.left].entries()) {
    yield* breather.pause
    const root = rootOf(step)
    if (isBehind(step, behind)) {
      if (canStop && index === 0) return { _tag: "Untouched", refusal: { _tag: "Late", roots: late } } satisfies Placed
      if (root !== undefined) notPublished.set(root, "an earlier change is not in place yet")
      if (isOrdered || step._tag === "MakeFolder") break
      continue
    }
    const publication = yield* publishStep(publishing, step, entry.aside.files)
    if (publication._tag === "Done") {
      entry.left.delete(step)
      const file = step._tag === "PutFile" ? entry.aside.files.get(step.path) : undefined
      if (root !== undefined && file !== undefined) fingerprints.set(root, file.fingerprint)
      continue
    }
    if (publication._tag === "Overtaken") {
      const { divergence } = publication
      if (canStop && index === 0) return { _tag: "Untouched", refusal: outdated(root, divergence) } satisfies Placed
      const kept = yield* Effect.result(keepPlanned(terms, entry, step))
      // Until it is kept somewhere, the journal has to keep it.
      if (Result.isSuccess(kept)) entry.left.delete(step)
      if (root !== undefined) diverged.set(root, divergence)
      continue
    }
    const { fault } = publication
    if (publication._tag === "InDoubt" || leavesDoubt(fault)) doubt = fault
    else if (canStop && index === 0) return { _tag: "Untouched", refusal: { _tag: "Absent", fault } } satisfies Placed
    if (root !== undefined) notPublished.set(root, `${fault.call} of "${fault.path}" failed with ${fault.errno}`)
    // What follows needs a folder that was to be made, and may need one that was to be moved.
    if (isOrdered || step._tag === "MakeFolder") break
  }
  books.noteDone(entry)
  for (const step of entry.left) {
    const root = rootOf(step)
    if (root !== undefined && !notPublished.has(root) && !diverged.has(root)) {
      notPublished.set(root, "an earlier step is not done yet")
    }
  }
  return { _tag: "Durable", result: { _tag: "Durable", fingerprints, notPublished, diverged }, doubt } satisfies Placed
})

/** The steps of earlier changes that are not in place. */
const lateBefore = ({ late }: Books, entry: Entry): ReadonlyArray<RecordStep> => {
  const steps: Array<RecordStep> = []
  for (const other of late) {
    if (other === entry) break
    steps.push(...other.left)
  }
  return steps
}

/** True if a step is about what an earlier one has yet to put in place. */
const isBehind = (step: RecordStep, behind: ReadonlyArray<string>): boolean => {
  const paths = step._tag === "MoveFolder" ? [step.from, step.to] : [step.path]
  return behind.some((other) => paths.some((path) => path === other || isInside(path, other)))
}

const outdated = (root: AssetRoot | undefined, { expected, found }: Divergence): Unstaged => {
  const file = { expected: showState(expected), found: showState(found) }
  return { _tag: "Outdated", files: [root === undefined ? file : { root, ...file }] }
}

/** Tries again to put in place what could not be. */
export const publishLate = Effect.fnUntraced(function*(terms: Terms, books: Books) {
  const told: Array<LatePublication> = []
  for (const entry of books.late) {
    if (books.standstill !== undefined) break
    const waiting = new Set([...entry.left].flatMap((step) => rootOf(step) ?? []))
    // A checkpoint that is under way has taken its count: what is put in place now is not among what it flushes.
    entry.count = ++books.count
    const placed = yield* publishEntry(terms, books, entry, false)
    if (placed._tag === "Untouched") continue
    const { doubt, result } = placed
    if (doubt !== undefined) books.standstill ??= { _tag: "Uncertain", fault: doubt }
    for (const root of waiting) {
      const divergence = result.diverged.get(root)
      if (divergence !== undefined) told.push({ _tag: "Overtaken", root, divergence })
      else if (!result.notPublished.has(root)) {
        told.push({ _tag: "Published", root, fingerprint: result.fingerprints.get(root) })
      }
    }
  }
  return told
})
