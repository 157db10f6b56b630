/** The project of a server, from afar: the same services as in any other host, over one WebSocket. */
import { Cause, Context, Effect, Layer, Stream, SubscriptionRef } from "effect"
import type { Socket } from "effect/socket"
import { type PackerEventSink, ProjectRuntime, ProjectSnapshot } from "prometeu-packer"

import { Connection, type ConnectionState } from "../shared/Connection.ts"
import type { News } from "../shared/News.ts"
import { fileUrl } from "../shared/Paths.ts"
import { makeAsk } from "./Asking.ts"
import { makeKnown } from "./Known.ts"
import { makeLink } from "./Link.ts"
import { makeRuntime } from "./Runtime.ts"

/** Where the server is, and what to do when it shows another project than before. */
export interface RemoteOptions {
  readonly url: string
  /** Nothing of what was asked or drafted belongs to another project: a page begins anew. */
  readonly whenAnother: Effect.Effect<void>
}

/**
 * The project of a server, as long as the layer lives.
 *
 * It is `Packer.layer` from afar: it gives the same services, and asks for the sink of its events. It is built when the
 * project was read for the first time, however long that takes.
 */
export const remoteProjectAt = (
  { url, whenAnother }: RemoteOptions
): Layer.Layer<ProjectRuntime | ProjectSnapshot | Connection, never, PackerEventSink | Socket.WebSocketConstructor> =>
  Layer.effectContext(Effect.gen(function*() {
    const { isThere, link } = yield* makeLink(url)
    const known = yield* makeKnown
    const state = yield* SubscriptionRef.make<ConnectionState>("connecting")
    const become = (next: ConnectionState) => SubscriptionRef.set(state, next)

    const take = Effect.fnUntraced(function*(news: News) {
      if (news._tag === "Opened") {
        const before = SubscriptionRef.getUnsafe(known.seen)?.project
        if (
          before !== undefined && (before.root !== news.project.root || before.projectId !== news.project.projectId)
        ) {
          return yield* Effect.andThen(whenAnother, Effect.never)
        }
      }
      yield* known.take(news)
      if (news._tag === "Shown") yield* become("open")
    })
    const watching = Effect.suspend(() => {
      const after = known.last()
      return Stream.runForEach(link.watch(after === undefined ? {} : { after }), take)
    }).pipe(
      Effect.catchCause((cause) =>
        Cause.hasDies(cause) ? Effect.logError("What the server told could not be understood", cause) : Effect.void
      ),
      Effect.andThen(SubscriptionRef.update(state, (now) => now === "open" ? "lost" : now)),
      // A server that is closing ends the stream, and it is not to be asked again and again meanwhile.
      Effect.andThen(Effect.sleep("50 millis")),
      (attempt) => isThere.whenOpen(attempt),
      Effect.forever
    )
    yield* Effect.forkScoped(watching)

    // Whoever embeds a project has had the events of its opening when it is open.
    const { project: { openingId }, view: { position, snapshot: { generation } } } = yield* known.current
    yield* known.whenReached(openingId, { generation, position })
    const runtime = yield* makeRuntime(known, makeAsk(link, known, state))
    const view = Effect.map(
      Effect.all([SubscriptionRef.get(state), known.current]),
      ([state, { project }]) => ({ state, project })
    )
    const connection = Connection.of({
      view,
      changes: Stream.mapEffect(
        Stream.merge(SubscriptionRef.changes(state), SubscriptionRef.changes(known.seen)),
        () => view
      ).pipe(Stream.changesWith((a, b) => a.state === b.state && a.project === b.project)),
      fileUrl
    })
    const current = Effect.map(runtime.snapshot, ({ snapshot }) => snapshot)
    return Context.make(ProjectRuntime, runtime).pipe(
      Context.add(ProjectSnapshot, { current, changes: runtime.changes }),
      Context.add(Connection, connection)
    )
  }))
