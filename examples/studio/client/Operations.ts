/**
 * Operations, asked for from afar.
 *
 * The page names each operation before it asks for it for the first time. So to ask twice does nothing twice: the packer
 * knows it again by that name, also when the server was killed before the answer came.
 */
import { Deferred, Effect, Option, type Result, type Scope, Stream } from "effect"
import {
  EventsNotRetained,
  type NotAccepted,
  type OperationHandle,
  type Outcome,
  type PackerError,
  type PackerEvent
} from "prometeu-packer"

import type { Work } from "../shared/Rpcs.ts"
import type { Ask } from "./Asking.ts"
import type { Known } from "./Known.ts"

/** Has work accepted; what comes of it is waited for in the scope. */
export const makeSubmit = (ask: Ask, known: Known, scope: Scope.Scope) =>
  Effect.fnUntraced(function*(work: Work, given: string | undefined): Effect.fn.Return<OperationHandle, NotAccepted> {
    const name = given ?? (yield* Effect.sync(() => globalThis.crypto.randomUUID()))
    const submitted = ask((link) => link.submit({ operationId: name, work }))
    const operationId = yield* submitted

    const outcome: Effect.Effect<Outcome, PackerError> = ask((link, openingId) =>
      Effect.flatMap(link.outcome({ operationId }), (ended) =>
        Effect.andThen(
          known.whenReached(openingId, ended),
          ended._tag === "Applied" ? Effect.succeed(ended.outcome) : Effect.fail(ended.error)
        ))
    ).pipe(
      // The server was started again. What it finished then it knows again; what it never had is accepted now.
      Effect.catchTag("UnknownOperation", () => Effect.andThen(submitted, Effect.suspend(() => outcome)))
    )
    const ended = yield* Deferred.make<Outcome, PackerError>()
    yield* Effect.forkIn(Deferred.into(outcome, ended), scope)

    const gone = new EventsNotRetained({ oldest: 0, latest: 0 })
    const told = (after: number): Stream.Stream<PackerEvent, EventsNotRetained> => {
      let last = after
      return Stream.unwrap(ask((link) => Effect.succeed(link.told({ operationId })))).pipe(
        Stream.filter(({ sequence }) => sequence > after),
        Stream.tap(({ sequence }) =>
          Effect.sync(() => {
            last = sequence
          })
        ),
        Stream.catchTag("RpcClientError", () => told(last)),
        Stream.catchTag("UnknownOperation", () => Stream.fail(gone))
      )
    }
    return {
      operationId,
      await: Deferred.await(ended),
      poll: Effect.flatMap(Deferred.poll(ended), (polled) =>
        Option.match(polled, {
          onNone: () => Effect.succeed(Option.none<Result.Result<Outcome, PackerError>>()),
          onSome: (exit) => Effect.map(Effect.result(exit), Option.some)
        })),
      events: told(0),
      cancel: ask((link) => link.cancel({ operationId })).pipe(
        Effect.catchTag("UnknownOperation", () => Effect.succeed(false))
      )
    }
  })
