/** Asking the server, and asking again when the link was lost before the answer came. */
import { Effect, Stream, SubscriptionRef } from "effect"
import type { RpcClientError } from "effect/rpc"
import type { OpeningId } from "prometeu-packer"

import type { ConnectionState } from "../shared/Connection.ts"
import type { Known } from "./Known.ts"
import type { Link } from "./Link.ts"

/** The link was lost before the answer came. */
type Lost = RpcClientError.RpcClientError

/** Asks as soon as there is a link, and again if it is lost meanwhile. */
export type Ask = <A, E>(
  question: (link: Link, openingId: OpeningId) => Effect.Effect<A, E | Lost>
) => Effect.Effect<A, E>

const isLost = (error: unknown): error is Lost =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "RpcClientError"

/** How a page asks the server. */
export const makeAsk = (link: Link, known: Known, state: SubscriptionRef.SubscriptionRef<ConnectionState>): Ask => {
  const whenOpen = SubscriptionRef.changes(state).pipe(
    Stream.filter((now) => now === "open"),
    Stream.take(1),
    Stream.runDrain
  )
  const ask: Ask = (question) =>
    Effect.andThen(whenOpen, known.current).pipe(
      Effect.flatMap(({ project }) => question(link, project.openingId)),
      Effect.matchEffect({
        onSuccess: Effect.succeed,
        onFailure: (error) => isLost(error) ? Effect.delay(ask(question), "50 millis") : Effect.fail(error)
      })
    )
  return ask
}
