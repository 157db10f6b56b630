/** Commands that were accepted and wait for their turn, and what they are carried out with. */
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { AnySpan } from "effect/Tracer"

import type { Command } from "../../domain/Command.ts"
import type { AssetRoot } from "../../domain/Path.ts"
import type { Preview } from "../../domain/Preview.ts"
import type { LaneTools } from "./LaneTools.ts"
import type { Operation } from "./Operations.ts"
import type { TellWhoRuns } from "./Progress.ts"

/** A command that was accepted, and what its caller approved. */
export interface Accepted {
  readonly operation: Operation
  readonly command: Command
  readonly approved: Pick<Preview, "digest" | "newUuids"> | undefined
  /** The span of whoever asked for it. */
  readonly asking: Option.Option<AnySpan>
}

/** Commands that wait for their turn, in the order of acceptance. */
export interface CommandRow {
  /** The next one, if a command is next. */
  readonly take: () => Accepted | undefined
  /** Puts some back to where they were, in their order. */
  readonly putBack: (accepted: ReadonlyArray<Accepted>) => void
}

/** What commands are carried out with. */
export interface CommandWay {
  readonly lane: LaneTools
  readonly tellWhoRuns: TellWhoRuns
  /** How many bytes the files of one group have at most, if it is more than one command. */
  readonly groupBytes: number
  /** Told when files were left that could not be put in place. */
  readonly somethingIsLate: () => void
  /** Reads everything again after a durable change of these roots that could not be brought into the snapshot. */
  readonly reload: (operation: Operation, own: ReadonlySet<AssetRoot>) => Effect.Effect<boolean>
}
