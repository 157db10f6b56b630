/** What several clients asked of one project at the same time, and what they were told: plain data, by one clock of the test. */
import type { Command } from "../../../src/domain/Command.ts"
import type { PackerEvent } from "../../../src/domain/Event.ts"
import type { AssetRef } from "../../../src/domain/Identity.ts"
import type { Outcome } from "../../../src/domain/Outcome.ts"
import type { SnapshotChange } from "../../../src/services/ProjectSnapshot.ts"
import type { Model } from "../../model/Model.ts"

/** What a list shows of one asset, as far as a plain model knows it. */
export interface Row {
  readonly root: string
  readonly registration: string
  readonly assetId?: number
  readonly assetUuid?: string
  readonly name?: string
  readonly family?: string
  readonly includedInBuild?: boolean
  readonly diverged: boolean
}

/** What the page of one asset shows, as far as a plain model knows it. */
export interface Page {
  readonly row: Row
  readonly contract?: {
    readonly format: string
    readonly codec: string
    readonly metadata: unknown
    readonly preload: boolean
  }
  /** The files that its bank holds, in order. */
  readonly selected: ReadonlyArray<string>
}

/** What a preview showed. */
export interface Shown {
  readonly generation: number
  readonly command: Command
  readonly isBlocked: boolean
  /** All that it says in words: why it is blocked, and what it warns of. */
  readonly words: string
  /** What will be at the roots that it is about; without a row, nothing. */
  readonly outcome: ReadonlyArray<{ readonly root: string; readonly row?: Row }>
  readonly newUuids: ReadonlyArray<string>
}

/** What a client asks for. */
export type Ask =
  | { readonly _tag: "command"; readonly id: string; readonly command: Command; readonly approved?: Shown }
  | { readonly _tag: "refresh"; readonly id: string; readonly asset?: AssetRef }
  | { readonly _tag: "cancel"; readonly id: string }
  | { readonly _tag: "preview"; readonly command: Command }
  | { readonly _tag: "list" }
  | { readonly _tag: "details" | "actions"; readonly asset: AssetRef }

/** The part of an answer that says of which generation it is. */
interface Read {
  readonly generation: number
  readonly position: number
}

/** What a client was told. */
export type Answer =
  | { readonly _tag: "applied"; readonly outcome: Outcome }
  | { readonly _tag: "refused"; readonly error: { readonly _tag: string }; readonly now?: Shown }
  | { readonly _tag: "cancel"; readonly isCancelled: boolean }
  | { readonly _tag: "shown"; readonly shown: Shown }
  | Read & { readonly _tag: "list"; readonly rows: ReadonlyArray<Row> }
  | Read & { readonly _tag: "details"; readonly page: Page }
  | Read & {
    readonly _tag: "actions"
    readonly enabled: ReadonlyArray<string>
    readonly disabled: ReadonlyArray<string>
  }
  | { readonly _tag: "notThere" }

/** One thing that a client asked for. Without an answer, the client was interrupted before it was told. */
export interface Call {
  readonly client: string
  readonly ask: Ask
  readonly from: number
  /** When it was known to be accepted. */
  readonly accepted?: number
  readonly until?: number
  readonly answer?: Answer
}

/** One event, and when the sink began and ended to take it. */
export interface Told {
  readonly event: PackerEvent
  readonly from: number
  readonly until: number
}

/** A generation as a reader of the changes was told of it. */
export interface Seen {
  readonly at: number
  readonly change: SnapshotChange
}

/** All that happened to one project, from its opening until it was opened again. */
export interface History {
  readonly start: Model
  readonly calls: ReadonlyArray<Call>
  readonly told: ReadonlyArray<Told>
  readonly seen: ReadonlyArray<Seen>
  readonly end: {
    readonly rows: ReadonlyArray<Row>
    readonly reopened: ReadonlyArray<Row>
    readonly disk: Model
  }
}

/** What is wrong, in words. */
export type Say = (problem: string) => void

/** An ask as problems name it. */
export const showAsk = (ask: Ask): string => {
  switch (ask._tag) {
    case "command":
      return `${ask.id} ${JSON.stringify(ask.command)}${ask.approved === undefined ? "" : " as approved"}`
    case "refresh":
      return `${ask.id} refresh ${JSON.stringify(ask.asset ?? "everything")}`
    case "cancel":
      return `cancel ${ask.id}`
    case "preview":
      return `preview ${JSON.stringify(ask.command)}`
    case "list":
      return "list"
    default:
      return `${ask._tag} ${JSON.stringify(ask.asset)}`
  }
}

/** A call as problems name it. */
export const showCall = ({ ask, client, from, until }: Call): string =>
  `${client}: ${showAsk(ask)} [${from}, ${until ?? "interrupted"}]`
