/** What has happened to a project, and what may have happened: kept beside it, from what its callers got. */
import type { Command } from "../../../src/domain/Command.ts"
import type { Branch, Given, Possible } from "./HostReopening.ts"

/** What has happened to a project, and what may have happened. */
export class HostLedger {
  readonly #unfinished: ReadonlyArray<string>
  readonly #uncertain: Array<Given> = []
  #isUnknown = false
  #hidden: string | undefined
  #happened: ReadonlyArray<Given> = []
  #branches: ReadonlyArray<Branch> = [{ row: [], isCut: false }]
  #earlier: ReadonlyArray<ReadonlyMap<string, string>> = []

  constructor(unfinished: ReadonlyArray<string>) {
    this.#unfinished = unfinished
  }

  /** What has happened for certain, in order. */
  get commands(): ReadonlyArray<Command> {
    return this.#happened.map(({ command }) => command)
  }

  /** What was on disk before something happened that could not be put in place: it may be there still. */
  get earlier(): ReadonlyArray<ReadonlyMap<string, string>> {
    return this.#earlier
  }

  get isLate(): boolean {
    return this.#earlier.length > 0
  }

  /** What the next opening may find. */
  get possible(): Possible {
    return { branches: this.#branches, uncertain: this.#uncertain, unfinished: this.#unfinished }
  }

  /** It was answered: it is durable. */
  succeeded(given: Given): void {
    this.#happened = [...this.#happened, given]
    this.#branches = this.#branches.map(({ isCut, row }) => ({ row: [...row, given], isCut }))
  }

  /** From now on, this may be on disk as well. */
  mayStillBe(before: ReadonlyMap<string, string>): void {
    this.#earlier = [...this.#earlier, before]
  }

  /** Nobody could read what an earlier opening left unfinished: only what is in its place can be shown. */
  get isUnknown(): boolean {
    return this.#isUnknown
  }

  mayBeUnknown(): void {
    this.#isUnknown = true
  }

  /** Whether somebody else did something to an asset that is not shown before a refresh. */
  hides(root: string): boolean {
    return this.#hidden === root
  }

  wasEdited(root: string): void {
    this.#hidden = root
  }

  /** Everything there is was read again. */
  wasRefreshed(): void {
    this.#hidden = undefined
  }

  /** All that has happened is in its place. */
  isInPlace(): void {
    this.#earlier = []
  }

  /** Only the next opening can tell; behind one that did not happen, none of the same flush can have happened. */
  isUncertain(given: Given): void {
    this.#uncertain.push(given)
    this.#branches = this.#branches.flatMap((branch) =>
      branch.isCut
        ? [branch]
        : [{ row: [...branch.row, given], isCut: false }, { row: branch.row, isCut: true }]
    )
  }
}
