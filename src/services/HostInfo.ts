/** Facts about the machine and the process: what tells the lock of a living process from one that a dead one left. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** Which process, on which machine, since when. What a system cannot tell is absent. */
export const ProcessIdentity = Schema.Struct({
  pid: Schema.Int,
  /** When the process started, as the system tells it: a pid that is used again has another start. */
  started: Schema.optionalKey(Schema.String),
  /** The name of the machine, for people. */
  host: Schema.String,
  /** Tells this machine from any other, also from one of the same name. */
  machine: Schema.optionalKey(Schema.String),
  /** Tells one run of the machine from the next. */
  boot: Schema.optionalKey(Schema.String),
  /** Within which processes see each other: a container has its own pids. */
  space: Schema.optionalKey(Schema.String)
})
/** Which process, on which machine, since when. */
export type ProcessIdentity = typeof ProcessIdentity.Type

/** Facts about the machine and the process. */
export class HostInfo extends Context.Service<HostInfo, {
  readonly self: ProcessIdentity
  /**
   * Whether the process with this pid that started then still runs, on this machine and among the processes this one
   * sees. `unknown` if some process with the pid runs and the system does not tell when it started.
   */
  readonly isRunning: (pid: number, started: string | undefined) => Effect.Effect<"running" | "gone" | "unknown">
  /** A new text of lower-case letters and digits that nobody else has, to make names of files from. */
  readonly unique: Effect.Effect<string>
  /** A new random uuid (RFC 9562), in lower case: the identity of a new asset. */
  readonly uuid: Effect.Effect<string>
  /** True where a file that another program has open cannot be renamed for a moment, as on Windows. */
  readonly hasSharingViolations: boolean
}>()("prometeu-packer/services/HostInfo") {}
