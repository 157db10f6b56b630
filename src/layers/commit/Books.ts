/** What the committer knows of the changes that only the journal keeps safe so far. */
import * as Latch from "effect/Latch"

import type { Registry, RegistryChange } from "../../domain/Registry.ts"
import type { FileState } from "../../domain/Seen.ts"
import type { Standstill } from "../../domain/Standstill.ts"
import { encodeRecord, type JournalRecord, movesFolders, type RecordStep } from "../journal/Record.ts"
import type { Aside } from "./Staging.ts"
import { noneUnflushed, type Unflushed } from "./Unflushed.ts"

/** A durable change that the journal has to keep yet. */
export interface Entry {
  /** How many changes there were when files of it were put in place last. */
  count: number
  readonly record: JournalRecord
  readonly aside: Aside
  /** The steps that have to be done again after a crash: those that are not durable in their place. */
  steps: ReadonlyArray<RecordStep>
  /** The steps that are not in place at all. */
  readonly left: Set<RecordStep>
  /** The registry changes that are not in its file. */
  registry: ReadonlyArray<RegistryChange>
}

/** All that the committer keeps in mind. */
export interface Books {
  standstill: Standstill | undefined
  /** Open when nothing can be committed any more before the project is opened again. */
  readonly halted: Latch.Latch
  /** How many changes were committed in this opening. */
  count: number
  /** In the order of the journal. */
  entries: ReadonlyArray<Entry>
  /** Those of them that move folders: there are few, and every commit asks. */
  readonly moving: ReadonlySet<Entry>
  /** Those of them that are not in place, in the same order. */
  readonly late: ReadonlySet<Entry>
  /** Adds the newest one, in place: a journal holds thousands, and every commit adds one. */
  readonly add: (entry: Entry) => void
  /** Takes the newest one back. */
  readonly takeBack: () => void
  /** Notes that steps of one were done. */
  readonly noteDone: (entry: Entry) => void
  /** The registry after the last change; nothing as long as none touched it. */
  registry: Registry | undefined
  /** What the registry file is if nobody else wrote it. */
  registryFile: FileState
  /** How many changes that file has seen: one that saw fewer must not take its place. */
  registryCount: number
  /** True if the registry file has to be written though no change is missing in it: it lacks that ids were given out. */
  registryIsBehind: boolean
  readonly unflushed: Unflushed
}

/** The books of an opening, with what an earlier one could not bring to its end. */
export const openBooks = (
  { entries, registryFile, standstill }: Pick<Books, "entries" | "registryFile" | "standstill">
): Books => {
  let standing = standstill
  const halted = Latch.makeUnsafe()
  let kept = [...entries]
  let moving = new Set(kept.filter(({ record }) => movesFolders(record)))
  let late = new Set(kept.filter(isLate))
  return {
    get entries() {
      return kept
    },
    set entries(next) {
      kept = [...next]
      moving = new Set(kept.filter(({ record }) => movesFolders(record)))
      late = new Set(kept.filter(isLate))
    },
    get moving() {
      return moving
    },
    get late() {
      return late
    },
    add: (entry) => {
      kept.push(entry)
      if (isLate(entry)) late.add(entry)
      if (movesFolders(entry.record)) moving.add(entry)
    },
    takeBack: () => {
      const last = kept.pop()
      if (last === undefined) return
      moving.delete(last)
      late.delete(last)
    },
    noteDone: (entry) => {
      if (!isLate(entry)) late.delete(entry)
    },
    get standstill() {
      return standing
    },
    set standstill(next) {
      standing = next
      if (next?._tag === "Uncertain" || next?._tag === "Dispossessed") halted.openUnsafe()
    },
    halted,
    count: 0,
    registry: undefined,
    registryFile,
    registryCount: 0,
    registryIsBehind: false,
    unflushed: noneUnflushed()
  }
}

/** What the journal has to keep of a change, as it is written there. */
export const recordOf = ({ record, registry, steps }: Pick<Entry, "record" | "registry" | "steps">): Uint8Array =>
  encodeRecord({ ...record, registry, steps })

/** Everything that is not in its plain file yet. */
export const unsavedChanges = ({ entries }: Pick<Books, "entries">): ReadonlyArray<RegistryChange> =>
  entries.flatMap(({ registry }) => registry)

/** True if a change waits for files to be put in place. */
export const isLate = ({ left }: Entry): boolean => left.size > 0
