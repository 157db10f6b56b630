/** What a page asks of the server, in the packer's own words. */
import { Schema } from "effect"
import { Rpc, RpcGroup } from "effect/rpc"
import {
  AssetRef,
  Command,
  CommitFailed,
  EventsNotRetained,
  Generation,
  InvalidCommand,
  OpeningId,
  OperationId,
  OperationIdConflict,
  Outcome,
  PackerError,
  PackerEvent,
  Preview,
  ProjectReadOnly,
  PublishPending,
  RuntimeClosed,
  SinkReentry,
  SubscriberLagged
} from "prometeu-packer"

import { News } from "./News.ts"

/** What is to be carried out: a command, or a refresh. */
export const Work = Schema.TaggedUnion({
  Command: { command: Command, expecting: Schema.optionalKey(Preview) },
  Refresh: {
    asset: Schema.optionalKey(AssetRef),
    onConflict: Schema.optionalKey(Schema.Literals(["fail", "keep-file"]))
  }
})
/** What is to be carried out. */
export type Work = typeof Work.Type

const seenBy = {
  /** The generation that shows it. */
  generation: Generation,
  /** The terminal event is one of those up to here. */
  position: Schema.Natural
}

/** What came of an operation. */
export const Ended = Schema.TaggedUnion({
  Applied: { ...seenBy, outcome: Outcome },
  Failed: { ...seenBy, error: PackerError }
})
/** What came of an operation. */
export type Ended = typeof Ended.Type

/** The server does not know the operation: it was started again since. Ask for the same work under the same id. */
export class UnknownOperation extends Schema.TaggedError<UnknownOperation>()("UnknownOperation", {
  operationId: OperationId
}) {
  override get message(): string {
    return `The server does not know operation ${this.operationId}: it was started again since.`
  }
}

/** What a page asks of the server. */
export class Rpcs extends RpcGroup.make(
  /** All that is known, and then all that happens; events go on after a position of the same opening. */
  Rpc.make("watch", {
    payload: { after: Schema.optionalKey(Schema.Struct({ opening_id: OpeningId, position: Schema.Natural })) },
    success: News,
    error: Schema.Union([SubscriberLagged, EventsNotRetained]),
    stream: true
  }),
  Rpc.make("preview", {
    payload: { command: Command },
    success: Preview,
    error: Schema.Union([InvalidCommand, CommitFailed])
  }),
  /** Accepts work. The page names the operation, so that it may ask again when it did not hear the answer. */
  Rpc.make("submit", {
    payload: { operationId: Schema.String, work: Work },
    success: OperationId,
    error: Schema.Union([InvalidCommand, OperationIdConflict, RuntimeClosed])
  }),
  Rpc.make("outcome", { payload: { operationId: OperationId }, success: Ended, error: UnknownOperation }),
  Rpc.make("cancel", { payload: { operationId: OperationId }, success: Schema.Boolean, error: UnknownOperation }),
  Rpc.make("told", {
    payload: { operationId: OperationId },
    success: PackerEvent,
    error: Schema.Union([EventsNotRetained, UnknownOperation]),
    stream: true
  }),
  Rpc.make("flush", { error: Schema.Union([PublishPending, ProjectReadOnly, RuntimeClosed, SinkReentry]) })
) {}
