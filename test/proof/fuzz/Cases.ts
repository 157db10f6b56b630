/** One input after the other: what of the corpus it is made of, what was done to it, and what came of it. */
import { mutateBytes } from "./ByteMutations.ts"
import { type Checked, checking, shown } from "./Checked.ts"
import { allPaths, corpus, type CorpusFile, type CorpusKind } from "./Corpus.ts"
import { type Dice, diceOf } from "./Dice.ts"
import { checkJournal, checkLock } from "./JournalCheck.ts"
import { mutateJournal } from "./JournalMutations.ts"
import { mutateJson } from "./JsonMutations.ts"
import { checkManifest } from "./ManifestCheck.ts"
import { checkPath } from "./PathCheck.ts"
import { mutatePath } from "./PathMutations.ts"
import { checkRegistry } from "./RegistryCheck.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

/** How bytes of each kind are checked. */
export const checks: Readonly<Record<CorpusKind, (dice: Dice, bytes: Uint8Array) => Checked>> = {
  manifests: checkManifest,
  registries: checkRegistry,
  journals: checkJournal,
  locks: checkLock
}

/** An input that is made of a file of the corpus. */
export interface Mutated {
  readonly from: string
  readonly bytes: Uint8Array
}

const usableOf = (kind: CorpusKind): ReadonlyArray<CorpusFile> =>
  corpus[kind].filter(({ name }) => !/^(?:invalid|corrupt)/.test(name))

/** The files that are read, by kind. */
const usable: Readonly<Record<CorpusKind, ReadonlyArray<CorpusFile>>> = {
  manifests: usableOf("manifests"),
  registries: usableOf("registries"),
  journals: usableOf("journals"),
  locks: usableOf("locks")
}

/** Changes a file of the corpus in a way that fits its kind, or in any. */
export const mutated = (dice: Dice, kind: CorpusKind): Mutated => {
  // What is refused at once is not worth much work.
  const one = (): CorpusFile => dice.pick(dice.chance(0.7) ? usable[kind] : corpus[kind])
  const [{ bytes, name }, other] = [one(), one()]
  const way = dice.below(10)
  const isJournal = kind === "journals"
  if (way < (isJournal ? 3 : 2)) return { from: `bytes of ${name}`, bytes: mutateBytes(dice, bytes, other.bytes) }
  const changed = isJournal
    ? mutateJournal(dice, bytes)
    : encoder.encode(mutateJson(dice, decoder.decode(bytes), decoder.decode(other.bytes)))
  if (way < 9) return { from: `content of ${name}`, bytes: changed }
  return { from: `content and bytes of ${name}`, bytes: mutateBytes(dice, changed, other.bytes) }
}

/** What came of one case, with what tells it from all others. */
export interface Case extends Checked {
  readonly kind: CorpusKind | "paths"
  readonly input: () => string
}

const kinds = ["manifests", "registries", "journals", "locks", "paths", "paths"] as const

/** The case of a seed. */
export const caseOf = (seed: number): Case => {
  const dice = diceOf(seed)
  const kind = dice.pick(kinds)
  if (kind === "paths") {
    const path = dice.chance(0.05) ? dice.pick(allPaths) : mutatePath(dice)
    return { kind, input: () => JSON.stringify(path), ...checking(() => checkPath(path)) }
  }
  let made: Mutated = { from: "nothing yet", bytes: new Uint8Array(0) }
  // Changing it reads it as well, so that this is a part of the check.
  const checked = checking(() => {
    made = mutated(dice, kind)
    return checks[kind](dice, made.bytes)
  })
  return { kind, input: () => `${made.from}: ${shown(made.bytes)}`, ...checked }
}
