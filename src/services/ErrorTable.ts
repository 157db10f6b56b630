/** Every error there is, with when it comes and what a host does about it. */
import type { PackerError } from "../domain/Errors.ts"
import type { OpeningError } from "../domain/OpeningErrors.ts"
import type { EventsNotRetained, SinkReentry, SubscriberLagged } from "../domain/StreamErrors.ts"
import type { DiskError } from "./Disk.ts"

/** One row of the table of errors. */
export interface ErrorRow {
  /** When it comes. */
  readonly when: string
  /** What a host does about it. */
  readonly remedy: string
}

type Tag = (PackerError | OpeningError | SinkReentry | SubscriberLagged | EventsNotRetained | DiskError)["_tag"]

/** Every error there is, by its tag: when it comes, and what a host does about it. */
export const errorTable: Readonly<Record<Tag, ErrorRow>> = {
  CommandBlocked: {
    when: "the rules refuse it, each reason with a code (docs/codes.md)",
    remedy: "shows the blockers"
  },
  AssetNotFound: { when: "there is no such asset", remedy: "lists again" },
  PreviewStale: {
    when: "it would do something else than was shown",
    remedy: "shows the preview that comes with it"
  },
  Diverged: {
    when: "a file was changed behind the packer's back",
    remedy: "offers `refreshAsset` or `refresh`"
  },
  CommitFailed: { when: "the disk refused; nothing has changed", remedy: "tries again when that is mended" },
  PublishPending: {
    when: "an earlier change of these assets is durable and not in place yet",
    remedy: "waits: it is tried again"
  },
  ProjectReadOnly: {
    when: "the project is read-only, with the reason",
    remedy: "shows it; `status` says when it is over"
  },
  CommitUncertain: {
    when: "the disk would not say whether it is durable",
    remedy: "opens the project again"
  },
  RegistryConflict: {
    when: "a refresh found entries that contradict ours",
    remedy: "asks a person; `onConflict: \"keep-file\"` gives ours up"
  },
  Cancelled: { when: "somebody cancelled it while it waited", remedy: "nothing" },
  RuntimeClosed: { when: "the project is closing or closed", remedy: "opens it again" },
  OperationIdConflict: { when: "the id was used for something else", remedy: "takes another id" },
  InvalidCommand: {
    when: "it is no command; from hosts without types",
    remedy: "shows the issues to a programmer"
  },
  SinkReentry: {
    when: "a sink waits for the project that waits for the sink",
    remedy: "submits without waiting"
  },
  ProjectLocked: {
    when: "another process has the project open",
    remedy: "shows the message; `takeOver` if a person knows that the holder is gone"
  },
  ProjectUnreadable: { when: "the folder is not there, or cannot be read", remedy: "shows the message" },
  SubscriberLagged: {
    when: "a reader was slower than its buffer lasts",
    remedy: "reads again, subscribes from the position it got"
  },
  EventsNotRetained: {
    when: "a reader asks for events that are gone",
    remedy: "reads again, subscribes from the position it got"
  },
  DiskError: {
    when: "a call of `Disk` failed; only who works with the disk meets it",
    remedy: "looks at `errno`"
  }
}
